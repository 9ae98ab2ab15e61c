import { callEnd, StateGraph } from '../../explore/search/reachability';
import type { Reachability, ReachableOutcome } from '../../explore/search/reachability';
import { callStatus, nextStep } from '../../kernel/machine/machine';
import type { Step } from '../../kernel/compiler/program';
import { callText } from '../../scenario/format/callText';
import { callInFlight, snapshotAt, taskByName, type Snapshot } from '../trace/replay';
import { taskStatuses, waitSentence } from '../queries/taskStatus';
import { childTraceNode, type TraceNode } from '../trace/traceTree';
import { enabledTasks, nextTask } from '../trace/scheduler';
import { outcomePhrase } from './outcomePhrase';

/** What happens if another task runs first: its steps, then the steps of sequential play. */
export interface AlternativeSchedule {
  readonly task: string;
  /** The task of each step, from the question on. */
  readonly tasks: readonly string[];
  /** How many of these steps make the other choice. */
  readonly choiceLength: number;
  readonly text: string;
}

/** Which task must run next for an outcome that this branch shows. */
export interface TaskQuestion {
  readonly kind: 'task';
  /** Depth at which it is asked, and depth at which the branch shows the answer. */
  readonly askDepth: number;
  readonly answerDepth: number;
  readonly text: string;
  /** Names of tasks. */
  readonly choices: readonly string[];
  /** What each of them would do next. */
  readonly choiceDetails: readonly string[];
  readonly correctChoice: string;
  readonly reason: string;
  readonly step: Step | undefined;
  /** One for each wrong answer, with what it leads to. */
  readonly alternatives: readonly AlternativeSchedule[];
  readonly outcome: ReachableOutcome;
}

/** No question is asked if proving its answer takes more states. */
const MAX_STATES = 4000;
/** The outcomes are bits of a number. */
const MAX_OUTCOMES = 31;
/** A run is far shorter; more steps are a bug. */
const MAX_STEPS = 10_000;

const questionCache = new WeakMap<readonly TraceNode[], readonly TaskQuestion[]>();

/**
 * For each outcome of a branch, a question at the last depth at which it was still open: exactly one task that can run there
 * leads to it, and no interleaving after another task does. Ascending in depth.
 */
export function taskQuestions(path: readonly TraceNode[]): readonly TaskQuestion[] {
  const known = questionCache.get(path);
  if (known) return known;
  const questions: TaskQuestion[] = [];
  // An inserted call makes another program with its own state space.
  for (let end = path.length - 1; end > 0;) {
    const { program } = snapshotAtDepth(path, end);
    let start = end;
    while (start > 0 && snapshotAtDepth(path, start - 1).program === program) start -= 1;
    questions.push(...questionsWithin(path, start, end));
    end = start - 1;
  }
  const ordered = questions.toReversed();
  questionCache.set(path, ordered);
  return ordered;
}

/** The questions between two depths with the same program, descending in depth. */
function questionsWithin(
  path: readonly TraceNode[],
  start: number,
  end: number,
): readonly TaskQuestion[] {
  const { program } = snapshotAtDepth(path, start);
  const outcomesAt = Array.from({ length: end - start }, (_, index) =>
    outcomesOf(snapshotAtDepth(path, start + index + 1)),
  );
  const all = outcomesAt.flat();
  const failures = all.filter(({ kind }) => kind !== 'success');
  const outcomes = (failures.length > 0 ? failures : all).slice(0, MAX_OUTCOMES);
  const graph = new StateGraph(program, outcomes);
  const questions: TaskQuestion[] = [];
  let pending = 0;
  for (let ask = end - 1; ask >= start; ask -= 1) {
    const shown = outcomes
      .flatMap((outcome, index) =>
        outcomesAt[ask - start]?.includes(outcome) === true ? [1 << index] : [],
      )
      .reduce((a, b) => a | b, 0);
    // A violation that only the history of a run shows is not visible in a state: it cannot be proved for other interleavings.
    pending |= shown & graph.reach(snapshotAtDepth(path, ask + 1).state, 0, 0).reached;
    const point = pending === 0 ? undefined : decisionPoint(path, ask, graph, pending);
    if (!point) continue;
    const index = outcomes.findIndex((_, i) => (point.decidedOutcomes & (1 << i)) !== 0);
    const outcome = outcomes[index];
    if (outcome) {
      const alternatives = point.alternatives.filter(
        ({ reachability }) => (reachability.reached & (1 << index)) === 0,
      );
      questions.push(makeTaskQuestion(path, ask, { ...point, alternatives }, outcome));
    }
    pending &= ~point.decidedOutcomes;
  }
  return questions;
}

function snapshotAtDepth(path: readonly TraceNode[], depth: number): Snapshot {
  const node = path[depth];
  if (!node) throw new Error(`no trace node at depth ${depth}`);
  return snapshotAt(node);
}

/** The outcomes that a step shows, violations first. */
function outcomesOf({ program, state, events, violations }: Snapshot): readonly ReachableOutcome[] {
  const returns = events.flatMap(({ template }): ReachableOutcome[] => {
    const call = template.kind === 'return' ? program.calls[template.call] : undefined;
    const kind = call && call.errnos.length > 0 ? callEnd(program, state, call) : undefined;
    return call && kind ? [{ kind, call }] : [];
  });
  return [
    ...violations.map(({ property }): ReachableOutcome => ({ kind: 'violation', property })),
    ...returns,
  ];
}

interface Alternative {
  readonly task: string;
  /** The trace node after the other choice. */
  readonly node: TraceNode;
  readonly reachability: Reachability;
}

/** A depth at which the next task decides about an outcome. */
interface DecisionPoint {
  /** Bits of the outcomes that some alternative rules out. For each of them every other alternative is fully explored or reaches it. */
  readonly decidedOutcomes: number;
  readonly alternatives: readonly Alternative[];
  /** The choice is between whole calls, not between steps. */
  readonly wholeCalls: boolean;
}

function decisionPoint(
  path: readonly TraceNode[],
  ask: number,
  graph: StateGraph,
  pending: number,
): DecisionPoint | undefined {
  const node = path[ask];
  const transition = path[ask + 1]?.transition;
  if (!node || transition?.kind !== 'step') return undefined;
  const snapshot = snapshotAt(node);
  const wholeCalls = isBetweenCalls(snapshot, transition.task);
  const alternatives = enabledTasks(snapshot)
    .filter((name) => name !== transition.task && conflicts(snapshot, transition.task, name))
    .map((task): Alternative => {
      const start = takeAlternative(node, task, wholeCalls);
      return {
        task,
        node: start,
        reachability: graph.reach(snapshotAt(start).state, pending, MAX_STATES),
      };
    });
  const proved = alternatives.reduce(
    (bits, { reachability }) => bits & (reachability.complete ? ~0 : reachability.reached),
    pending,
  );
  const decidedOutcomes =
    proved & alternatives.reduce((bits, { reachability }) => bits | ~reachability.reached, 0);
  return decidedOutcomes === 0 ? undefined : { decidedOutcomes, alternatives, wholeCalls };
}

function isBetweenCalls(snapshot: Snapshot, name: string): boolean {
  return callInFlight(snapshot, taskByName(snapshot.program, name).index) === undefined;
}

/**
 * Whether a question may offer both tasks. Between calls the choice is between whole calls. Within a call it is between
 * steps, and only with a task whose next step touches the same fields.
 */
function conflicts(snapshot: Snapshot, task: string, other: string): boolean {
  if (isBetweenCalls(snapshot, task)) return isBetweenCalls(snapshot, other);
  const touches = (name: string): readonly number[] =>
    nextStep(snapshot.program, snapshot.state, taskByName(snapshot.program, name).index)?.touches ??
    [];
  const fields = touches(task);
  return touches(other).some((field) => fields.includes(field));
}

/** Runs one step of a task, or its whole call until it returns or blocks. */
function takeAlternative(from: TraceNode, task: string, wholeCall: boolean): TraceNode {
  let node = childTraceNode(from, { kind: 'step', task });
  for (
    let snapshot = snapshotAt(node);
    wholeCall && !isBetweenCalls(snapshot, task) && enabledTasks(snapshot).includes(task);
    snapshot = snapshotAt(node)
  ) {
    node = childTraceNode(node, { kind: 'step', task });
    if (node.depth - from.depth > MAX_STEPS)
      throw new Error(`a call of ${task} takes more than ${MAX_STEPS} steps`);
  }
  return node;
}

function makeTaskQuestion(
  path: readonly TraceNode[],
  ask: number,
  { alternatives, wholeCalls }: DecisionPoint,
  outcome: ReachableOutcome,
): TaskQuestion {
  const snapshot = snapshotAtDepth(path, ask);
  const after = snapshotAtDepth(path, ask + 1);
  const correctChoice = after.program.tasks[after.task ?? -1]?.name ?? '';
  const enabled = enabledTasks(snapshot);
  const choices = enabled.filter(
    (name) => name === correctChoice || alternatives.some(({ task }) => task === name),
  );
  return {
    kind: 'task',
    askDepth: ask,
    answerDepth: ask + 1,
    correctChoice,
    choices,
    outcome,
    step: after.step,
    alternatives: alternatives.map((alternative) =>
      alternativeSchedule(snapshot, alternative, correctChoice, outcome),
    ),
    text: `Which ${choices.length < enabled.length ? 'of these tasks' : 'task'} must ${wholeCalls ? 'make its call' : 'run'} next for ${outcomePhrase(snapshot.program, outcome)}?`,
    choiceDetails: choices.map(
      (name) =>
        (wholeCalls
          ? upcomingText(snapshot, name)
          : nextStep(snapshot.program, snapshot.state, taskByName(snapshot.program, name).index)
              ?.title) ?? '',
    ),
    reason: `Here ${wholeCalls ? `${correctChoice} calls ${upcomingText(snapshot, correctChoice)}` : stepText(after)}.`,
  };
}

function alternativeSchedule(
  asked: Snapshot,
  { task, node: start, reachability }: Alternative,
  correctChoice: string,
  outcome: ReachableOutcome,
): AlternativeSchedule {
  const path: TraceNode[] = [];
  for (let node: TraceNode | undefined = start; node && node !== asked.node; node = node.parent)
    path.unshift(node);
  const awaitedCalls = [
    taskStatuses(asked).find(({ name }) => name === correctChoice)?.upcomingCall,
    outcome.kind === 'violation' ? undefined : outcome.call,
  ].filter((call) => call !== undefined);
  const hasReturned = ({ program, state }: Snapshot): boolean =>
    outcome.kind !== 'violation' &&
    awaitedCalls.every((call) => callEnd(program, state, call) !== undefined);
  for (let node = start; !hasReturned(snapshotAt(node)); path.push(node)) {
    const next = nextTask(snapshotAt(node));
    if (next === undefined) break;
    node = childTraceNode(node, { kind: 'step', task: next });
    if (path.length > MAX_STEPS) throw new Error(`a run takes more than ${MAX_STEPS} steps`);
  }
  const choiceLength = start.depth - asked.node.depth;
  const wait = taskStatuses(snapshotAt(start)).find(({ name }) => name === correctChoice)?.wait;
  const sentences = [
    choiceLength > 1 ? `${task} calls ${upcomingText(asked, task)}` : stepText(snapshotAt(start)),
    ...(wait ? [`${correctChoice} ${waitSentence(wait)}`] : []),
    ...path.flatMap((node) => failureTexts(snapshotAt(node))),
    ...endTexts(snapshotAt(path.at(-1) ?? start), outcome),
  ];
  return {
    task,
    choiceLength,
    tasks: path.flatMap(({ transition }) => (transition?.kind === 'step' ? [transition.task] : [])),
    text: `If ${task} runs first: ${sentences.join('; ')}. No interleaving of the remaining steps changes that (${reachability.states} states explored).`,
  };
}

function upcomingText(snapshot: Snapshot, task: string): string {
  const call = taskStatuses(snapshot).find(({ name }) => name === task)?.upcomingCall?.call;
  return call ? callText(call) : '';
}

/** What a step changed, without its reads and without how its call ended. */
function stepText({ program, task, step, events, eventTexts }: Snapshot): string {
  const changes = eventTexts.filter(
    (_, index) => !['read', 'fail', 'return'].includes(events[index]?.template.kind ?? ''),
  );
  return changes.length > 0
    ? changes.join('; ')
    : `${program.tasks[task ?? -1]?.name ?? ''} runs ${step?.id ?? ''}, ${step?.title ?? ''}`;
}

function failureTexts({ program, step, events }: Snapshot): readonly string[] {
  const call = step && program.calls[step.call];
  return events.flatMap(({ template }) =>
    template.kind === 'fail' && call
      ? [`${call.call.by}’s ${callText(call.call)} fails at ${step.id}: ${template.reason}`]
      : [],
  );
}

/** How the alternative ends, unless a failure text says it already. */
function endTexts({ program, state }: Snapshot, outcome: ReachableOutcome): readonly string[] {
  if (outcome.kind === 'violation') return ['the property holds to the end'];
  const call = `${outcome.call.call.by}’s ${callText(outcome.call.call)}`;
  const end = callEnd(program, state, outcome.call);
  if (end === 'refused') return [];
  if (end === 'success') return [`${call} succeeds`];
  return [
    callStatus(program, state, outcome.call.index) === 'skipped'
      ? `${call} is skipped, because a result that it needs does not exist`
      : `${call} never returns`,
  ];
}
