import { callStatus, nextStep } from '../../kernel/machine/machine';
import type { Step } from '../../kernel/compiler/program';
import { callText } from '../../scenario/format/callText';
import { callInFlight, snapshotAt, taskByName, type Snapshot } from '../trace/replay';
import {
  callEnd,
  StateGraph,
  outcomePhrase,
  type QuizOutcome,
  type Reachability,
} from './reachability';
import { taskStatuses, waitSentence } from '../queries/taskStatus';
import { childTraceNode, type TraceNode } from '../trace/traceTree';
import { enabledTasks, nextTask } from '../trace/scheduler';

/** What another task's turn would have led to: really stepped, in the order that sequential play takes from there. */
export interface AlternativeSchedule {
  readonly task: string;
  /** The tasks that move, one after the other, from the question on. */
  readonly tasks: readonly string[];
  /** How many of these moves make the other choice. */
  readonly choiceLength: number;
  readonly text: string;
}

/** Which task must move for something to come about that this branch shows. */
export interface TaskQuestion {
  readonly kind: 'task';
  /** Where one stands while it is asked, and where the answer is seen. */
  readonly askDepth: number;
  readonly answerDepth: number;
  readonly text: string;
  /** Names of tasks. */
  readonly choices: readonly string[];
  /** What each of them would do. */
  readonly choiceDetails: readonly string[];
  readonly correctChoice: string;
  readonly reason: string;
  readonly step: Step | undefined;
  /** One for each wrong answer; `text` says what comes of it. */
  readonly alternatives: readonly AlternativeSchedule[];
  readonly outcome: QuizOutcome;
}

/** A larger set of orders is not asked about: its answer could not be proved while somebody waits. */
const MAX_STATES = 4000;
const MAX_OUTCOMES = 31;
/** A run is far shorter; a longer one is our mistake. */
const MAX_STEPS = 10_000;

const memo = new WeakMap<readonly TraceNode[], readonly TaskQuestion[]>();

/**
 * For each thing that a branch comes to the last point where that was still open: exactly one of the tasks that can
 * move there leads on to it, and no order of what is left does after the others. Ascending in depth.
 */
export function taskQuestions(moments: readonly TraceNode[]): readonly TaskQuestion[] {
  const known = memo.get(moments);
  if (known) return known;
  const questions: TaskQuestion[] = [];
  // A call put in by hand makes another program, whose orders are others.
  for (let end = moments.length - 1; end > 0;) {
    const { program } = snapshotAtDepth(moments, end);
    let start = end;
    while (start > 0 && snapshotAtDepth(moments, start - 1).program === program) start -= 1;
    questions.push(...questionsWithin(moments, start, end));
    end = start - 1;
  }
  const ordered = questions.toReversed();
  memo.set(moments, ordered);
  return ordered;
}

/** Descending in depth, over moments of one program. */
function questionsWithin(
  moments: readonly TraceNode[],
  start: number,
  end: number,
): readonly TaskQuestion[] {
  const { program } = snapshotAtDepth(moments, start);
  const found = Array.from({ length: end - start }, (_, index) =>
    outcomesOf(snapshotAtDepth(moments, start + index + 1)),
  );
  const all = found.flat();
  const grave = all.filter(({ kind }) => kind !== 'success');
  const outcomes = (grave.length > 0 ? grave : all).slice(0, MAX_OUTCOMES);
  const orders = new StateGraph(program, outcomes);
  const questions: TaskQuestion[] = [];
  let pending = 0;
  for (let ask = end - 1; ask >= start; ask -= 1) {
    const shown = outcomes
      .flatMap((outcome, index) =>
        found[ask - start]?.includes(outcome) === true ? [1 << index] : [],
      )
      .reduce((a, b) => a | b, 0);
    // A rule that only the past of a run can break is not seen in a state, so nothing can be said of other orders.
    pending |= shown & orders.reach(snapshotAtDepth(moments, ask + 1).state, 0, 0).reached;
    const point = pending === 0 ? undefined : decisionPoint(moments, ask, orders, pending);
    if (!point) continue;
    const gravest = outcomes.findIndex((_, index) => (point.decidedOutcomes & (1 << index)) !== 0);
    const outcome = outcomes[gravest];
    if (outcome)
      questions.push(
        makeTaskQuestion(
          moments,
          ask,
          {
            ...point,
            alternatives: point.alternatives.filter(
              ({ reachability: reach }) => (reach.reached & (1 << gravest)) === 0,
            ),
          },
          outcome,
        ),
      );
    pending &= ~point.decidedOutcomes;
  }
  return questions;
}

function snapshotAtDepth(moments: readonly TraceNode[], depth: number): Snapshot {
  const moment = moments[depth];
  if (!moment) throw new Error(`no moment ${depth}`);
  return snapshotAt(moment);
}

/** What a move comes to, gravest first. */
function outcomesOf({ program, state, events, violations }: Snapshot): readonly QuizOutcome[] {
  const returned = events.flatMap(({ template: note }): QuizOutcome[] => {
    const call = note.kind === 'return' ? program.calls[note.call] : undefined;
    const kind = call && call.errnos.length > 0 ? callEnd(program, state, call) : undefined;
    return call && kind ? [{ kind, call }] : [];
  });
  return [
    ...violations.map(({ property }): QuizOutcome => ({ kind: 'violation', property })),
    ...returned,
  ];
}

interface Alternative {
  readonly task: string;
  /** Where the other choice is made. */
  readonly node: TraceNode;
  readonly reachability: Reachability;
}

/** A place where the task that moves next decides. */
interface DecisionPoint {
  /** Bits of the outcomes that one of the ways rules out, while the others are known to leave it open or rule it out. */
  readonly decidedOutcomes: number;
  readonly alternatives: readonly Alternative[];
  /** The choice is between whole calls. */
  readonly wholeCalls: boolean;
}

function decisionPoint(
  moments: readonly TraceNode[],
  ask: number,
  orders: StateGraph,
  pending: number,
): DecisionPoint | undefined {
  const moment = moments[ask];
  const move = moments[ask + 1]?.transition;
  if (!moment || move?.kind !== 'step') return undefined;
  const frame = snapshotAt(moment);
  const calls = isBetweenCalls(frame, move.task);
  const ways = enabledTasks(frame)
    .filter((name) => name !== move.task && conflicts(frame, move.task, name))
    .map((task): Alternative => {
      const start = takeAlternative(moment, task, calls);
      return {
        task,
        node: start,
        reachability: orders.reach(snapshotAt(start).state, pending, MAX_STATES),
      };
    });
  const known = ways.reduce(
    (bits, { reachability: reach }) => bits & (reach.complete ? ~0 : reach.reached),
    pending,
  );
  const lost = ways.reduce((bits, { reachability: reach }) => bits | ~reach.reached, 0) & known;
  return lost === 0 ? undefined : { decidedOutcomes: lost, alternatives: ways, wholeCalls: calls };
}

function isBetweenCalls(frame: Snapshot, name: string): boolean {
  return callInFlight(frame, taskByName(frame.program, name).index) === undefined;
}

/** A task between two calls is asked about with others that are, as whole calls; one within a call with those whose next step touches what its own does. */
function conflicts(frame: Snapshot, mine: string, other: string): boolean {
  if (isBetweenCalls(frame, mine)) return isBetweenCalls(frame, other);
  const touches = (name: string): readonly number[] =>
    nextStep(frame.program, frame.state, taskByName(frame.program, name).index)?.touches ?? [];
  const fields = touches(mine);
  return touches(other).some((field) => fields.includes(field));
}

/** One step of a task, or its whole call until that ends or has to wait. */
function takeAlternative(moment: TraceNode, task: string, wholeCall: boolean): TraceNode {
  let at = childTraceNode(moment, { kind: 'step', task });
  for (
    let frame = snapshotAt(at);
    wholeCall && !isBetweenCalls(frame, task) && enabledTasks(frame).includes(task);
    frame = snapshotAt(at)
  ) {
    at = childTraceNode(at, { kind: 'step', task });
    if (at.depth - moment.depth > MAX_STEPS)
      throw new Error(`a call of ${task} takes more than ${MAX_STEPS} steps`);
  }
  return at;
}

function makeTaskQuestion(
  moments: readonly TraceNode[],
  ask: number,
  { alternatives: ways, wholeCalls: calls }: DecisionPoint,
  outcome: QuizOutcome,
): TaskQuestion {
  const frame = snapshotAtDepth(moments, ask);
  const after = snapshotAtDepth(moments, ask + 1);
  const right = after.program.tasks[after.task ?? -1]?.name ?? '';
  const able = enabledTasks(frame);
  const choices = able.filter((name) => name === right || ways.some(({ task }) => task === name));
  return {
    kind: 'task',
    askDepth: ask,
    answerDepth: ask + 1,
    correctChoice: right,
    choices,
    outcome,
    step: after.step,
    alternatives: ways.map((way) => alternativeSchedule(frame, way, right, outcome)),
    text: `Which ${choices.length < able.length ? 'of these tasks' : 'task'} must ${calls ? 'make its call' : 'run'} next for ${outcomePhrase(frame.program, outcome)}?`,
    choiceDetails: choices.map(
      (name) =>
        (calls
          ? upcomingText(frame, name)
          : nextStep(frame.program, frame.state, taskByName(frame.program, name).index)?.title) ??
        '',
    ),
    reason: `Here ${calls ? `${right} calls ${upcomingText(frame, right)}` : stepText(after)}.`,
  };
}

function alternativeSchedule(
  here: Snapshot,
  { task, node: start, reachability: reach }: Alternative,
  right: string,
  outcome: QuizOutcome,
): AlternativeSchedule {
  const path: TraceNode[] = [];
  for (let each: TraceNode | undefined = start; each && each !== here.node; each = each.parent)
    path.unshift(each);
  const awaited = [
    taskStatuses(here).find(({ name }) => name === right)?.upcomingCall,
    outcome.kind === 'violation' ? undefined : outcome.call,
  ].filter((call) => call !== undefined);
  const isTold = ({ program, state }: Snapshot): boolean =>
    outcome.kind !== 'violation' &&
    awaited.every((call) => callEnd(program, state, call) !== undefined);
  for (let at = start; !isTold(snapshotAt(at)); path.push(at)) {
    const name = nextTask(snapshotAt(at));
    if (name === undefined) break;
    at = childTraceNode(at, { kind: 'step', task: name });
    if (path.length > MAX_STEPS) throw new Error(`a run takes more than ${MAX_STEPS} steps`);
  }
  const chosenBy = start.depth - here.node.depth;
  const stuck = taskStatuses(snapshotAt(start)).find(({ name }) => name === right)?.wait;
  const told = [
    chosenBy > 1 ? `${task} calls ${upcomingText(here, task)}` : stepText(snapshotAt(start)),
    ...(stuck ? [`${right} ${waitSentence(stuck)}`] : []),
    ...path.flatMap((moment) => refusalTexts(snapshotAt(moment))),
    ...endingTexts(snapshotAt(path.at(-1) ?? start), outcome),
  ];
  return {
    task,
    choiceLength: chosenBy,
    tasks: path.flatMap(({ transition: move }) => (move?.kind === 'step' ? [move.task] : [])),
    text: `If ${task} goes first: ${told.join('; ')}. No order of what is left changes that (${reach.states} states tried).`,
  };
}

function upcomingText(frame: Snapshot, task: string): string {
  const call = taskStatuses(frame).find(({ name }) => name === task)?.upcomingCall?.call;
  return call ? callText(call) : '';
}

/** What a step did, without what it only looked at and how its call ended. */
function stepText({ program, task, step, events, eventTexts: texts }: Snapshot): string {
  const did = texts.filter(
    (_, index) => !['read', 'fail', 'return'].includes(events[index]?.template.kind ?? ''),
  );
  return did.length > 0
    ? did.join('; ')
    : `${program.tasks[task ?? -1]?.name ?? ''} does ${step?.id ?? ''}, ${step?.title ?? ''}`;
}

function refusalTexts({ program, step, events }: Snapshot): readonly string[] {
  const call = step && program.calls[step.call];
  return events.flatMap(({ template: note }) =>
    note.kind === 'fail' && call
      ? [`${call.call.by}’s ${callText(call.call)} is refused at ${step.id}: ${note.reason}`]
      : [],
  );
}

/** How the other way ends, where no refusal says it. */
function endingTexts({ program, state }: Snapshot, outcome: QuizOutcome): readonly string[] {
  if (outcome.kind === 'violation') return ['the rule holds to the end'];
  const name = `${outcome.call.call.by}’s ${callText(outcome.call.call)}`;
  const end = callEnd(program, state, outcome.call);
  if (end === 'refused') return [];
  if (end === 'success') return [`${name} succeeds`];
  return [
    callStatus(program, state, outcome.call.index) === 'skipped'
      ? `${name} is left out, since what it needs was never made`
      : `${name} never returns`,
  ];
}
