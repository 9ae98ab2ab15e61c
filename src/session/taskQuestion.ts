import { callStatus, nextStep } from '../kernel/machine';
import type { Step } from '../kernel/program';
import { callText } from './callText';
import { callInFlight, frameOf, taskNamed, type Frame } from './frame';
import { endOf, Orders, outcomePhrase, type Outcome, type Reach } from './outcome';
import { tasksOf, waitSentence } from './tasks';
import { nextMoment, type Moment } from './trail';
import { enabledTasks, taskInTurn } from './turns';

/** What another task's turn would have led to: really stepped, in the order that sequential play takes from there. */
export interface OtherWay {
  readonly task: string;
  /** The tasks that move, one after the other, from the question on. */
  readonly moves: readonly string[];
  /** How many of these moves make the other choice. */
  readonly chosen: number;
  readonly text: string;
}

/** Which task must move for something to come about that this branch shows. */
export interface TaskQuestion {
  readonly kind: 'task';
  /** Where one stands while it is asked, and where the answer is seen. */
  readonly ask: number;
  readonly answer: number;
  readonly text: string;
  /** Names of tasks. */
  readonly choices: readonly string[];
  /** What each of them would do. */
  readonly does: readonly string[];
  readonly right: string;
  readonly reason: string;
  readonly step: Step | undefined;
  /** One for each wrong answer; `text` says what comes of it. */
  readonly others: readonly OtherWay[];
  readonly outcome: Outcome;
}

/** A larger set of orders is not asked about: its answer could not be proved while somebody waits. */
const MOST_STATES = 4000;
const MOST_OUTCOMES = 31;
/** A run is far shorter; a longer one is our mistake. */
const MOST_MOVES = 10_000;

const memo = new WeakMap<readonly Moment[], readonly TaskQuestion[]>();

/**
 * For each thing that a branch comes to the last point where that was still open: exactly one of the tasks that can
 * move there leads on to it, and no order of what is left does after the others. Ascending in depth.
 */
export function taskQuestions(moments: readonly Moment[]): readonly TaskQuestion[] {
  const known = memo.get(moments);
  if (known) return known;
  const questions: TaskQuestion[] = [];
  // A call put in by hand makes another program, whose orders are others.
  for (let end = moments.length - 1; end > 0;) {
    const { program } = frameAt(moments, end);
    let start = end;
    while (start > 0 && frameAt(moments, start - 1).program === program) start -= 1;
    questions.push(...questionsWithin(moments, start, end));
    end = start - 1;
  }
  const ordered = questions.toReversed();
  memo.set(moments, ordered);
  return ordered;
}

/** Descending in depth, over moments of one program. */
function questionsWithin(
  moments: readonly Moment[],
  start: number,
  end: number,
): readonly TaskQuestion[] {
  const { program } = frameAt(moments, start);
  const found = Array.from({ length: end - start }, (_, index) =>
    outcomesAt(frameAt(moments, start + index + 1)),
  );
  const all = found.flat();
  const grave = all.filter(({ kind }) => kind !== 'success');
  const outcomes = (grave.length > 0 ? grave : all).slice(0, MOST_OUTCOMES);
  const orders = new Orders(program, outcomes);
  const questions: TaskQuestion[] = [];
  let pending = 0;
  for (let ask = end - 1; ask >= start; ask -= 1) {
    const shown = outcomes
      .flatMap((outcome, index) =>
        found[ask - start]?.includes(outcome) === true ? [1 << index] : [],
      )
      .reduce((a, b) => a | b, 0);
    // A rule that only the past of a run can break is not seen in a state, so nothing can be said of other orders.
    pending |= shown & orders.reach(frameAt(moments, ask + 1).state, 0, 0).reached;
    const point = pending === 0 ? undefined : openPoint(moments, ask, orders, pending);
    if (!point) continue;
    const gravest = outcomes.findIndex((_, index) => (point.lost & (1 << index)) !== 0);
    const outcome = outcomes[gravest];
    if (outcome)
      questions.push(
        questionAt(
          moments,
          ask,
          {
            ...point,
            ways: point.ways.filter(({ reach }) => (reach.reached & (1 << gravest)) === 0),
          },
          outcome,
        ),
      );
    pending &= ~point.lost;
  }
  return questions;
}

function frameAt(moments: readonly Moment[], depth: number): Frame {
  const moment = moments[depth];
  if (!moment) throw new Error(`no moment ${depth}`);
  return frameOf(moment);
}

/** What a move comes to, gravest first. */
function outcomesAt({ program, state, events, violations }: Frame): readonly Outcome[] {
  const returned = events.flatMap(({ note }): Outcome[] => {
    const call = note.kind === 'return' ? program.calls[note.call] : undefined;
    const kind = call && call.errnos.length > 0 ? endOf(program, state, call) : undefined;
    return call && kind ? [{ kind, call }] : [];
  });
  return [
    ...violations.map(({ property }): Outcome => ({ kind: 'violation', property })),
    ...returned,
  ];
}

interface Way {
  readonly task: string;
  /** Where the other choice is made. */
  readonly start: Moment;
  readonly reach: Reach;
}

/** A place where the task that moves next decides. */
interface OpenPoint {
  /** Bits of the outcomes that one of the ways rules out, while the others are known to leave it open or rule it out. */
  readonly lost: number;
  readonly ways: readonly Way[];
  /** The choice is between whole calls. */
  readonly calls: boolean;
}

function openPoint(
  moments: readonly Moment[],
  ask: number,
  orders: Orders,
  pending: number,
): OpenPoint | undefined {
  const moment = moments[ask];
  const move = moments[ask + 1]?.move;
  if (!moment || move?.kind !== 'step') return undefined;
  const frame = frameOf(moment);
  const calls = isBetweenCalls(frame, move.task);
  const ways = enabledTasks(frame)
    .filter((name) => name !== move.task && isInTheWay(frame, move.task, name))
    .map((task): Way => {
      const start = chosen(moment, task, calls);
      return { task, start, reach: orders.reach(frameOf(start).state, pending, MOST_STATES) };
    });
  const known = ways.reduce(
    (bits, { reach }) => bits & (reach.whole ? ~0 : reach.reached),
    pending,
  );
  const lost = ways.reduce((bits, { reach }) => bits | ~reach.reached, 0) & known;
  return lost === 0 ? undefined : { lost, ways, calls };
}

function isBetweenCalls(frame: Frame, name: string): boolean {
  return callInFlight(frame, taskNamed(frame.program, name).index) === undefined;
}

/** A task between two calls is asked about with others that are, as whole calls; one within a call with those whose next step touches what its own does. */
function isInTheWay(frame: Frame, mine: string, other: string): boolean {
  if (isBetweenCalls(frame, mine)) return isBetweenCalls(frame, other);
  const touches = (name: string): readonly number[] =>
    nextStep(frame.program, frame.state, taskNamed(frame.program, name).index)?.touches ?? [];
  const fields = touches(mine);
  return touches(other).some((field) => fields.includes(field));
}

/** One step of a task, or its whole call until that ends or has to wait. */
function chosen(moment: Moment, task: string, wholeCall: boolean): Moment {
  let at = nextMoment(moment, { kind: 'step', task });
  for (
    let frame = frameOf(at);
    wholeCall && !isBetweenCalls(frame, task) && enabledTasks(frame).includes(task);
    frame = frameOf(at)
  ) {
    at = nextMoment(at, { kind: 'step', task });
    if (at.depth - moment.depth > MOST_MOVES)
      throw new Error(`a call of ${task} takes more than ${MOST_MOVES} steps`);
  }
  return at;
}

function questionAt(
  moments: readonly Moment[],
  ask: number,
  { ways, calls }: OpenPoint,
  outcome: Outcome,
): TaskQuestion {
  const frame = frameAt(moments, ask);
  const after = frameAt(moments, ask + 1);
  const right = after.program.tasks[after.task ?? -1]?.name ?? '';
  const able = enabledTasks(frame);
  const choices = able.filter((name) => name === right || ways.some(({ task }) => task === name));
  return {
    kind: 'task',
    ask,
    answer: ask + 1,
    right,
    choices,
    outcome,
    step: after.step,
    others: ways.map((way) => otherWay(frame, way, right, outcome)),
    text: `Which ${choices.length < able.length ? 'of these tasks' : 'task'} must ${calls ? 'make its call' : 'run'} next for ${outcomePhrase(frame.program, outcome)}?`,
    does: choices.map(
      (name) =>
        (calls
          ? upcomingText(frame, name)
          : nextStep(frame.program, frame.state, taskNamed(frame.program, name).index)?.title) ??
        '',
    ),
    reason: `Here ${calls ? `${right} calls ${upcomingText(frame, right)}` : stepText(after)}.`,
  };
}

function otherWay(
  here: Frame,
  { task, start, reach }: Way,
  right: string,
  outcome: Outcome,
): OtherWay {
  const path: Moment[] = [];
  for (let each: Moment | undefined = start; each && each !== here.moment; each = each.parent)
    path.unshift(each);
  const awaited = [
    tasksOf(here).find(({ name }) => name === right)?.upcoming,
    outcome.kind === 'violation' ? undefined : outcome.call,
  ].filter((call) => call !== undefined);
  const isTold = ({ program, state }: Frame): boolean =>
    outcome.kind !== 'violation' &&
    awaited.every((call) => endOf(program, state, call) !== undefined);
  for (let at = start; !isTold(frameOf(at)); path.push(at)) {
    const name = taskInTurn(frameOf(at));
    if (name === undefined) break;
    at = nextMoment(at, { kind: 'step', task: name });
    if (path.length > MOST_MOVES) throw new Error(`a run takes more than ${MOST_MOVES} steps`);
  }
  const chosenBy = start.depth - here.moment.depth;
  const stuck = tasksOf(frameOf(start)).find(({ name }) => name === right)?.wait;
  const told = [
    chosenBy > 1 ? `${task} calls ${upcomingText(here, task)}` : stepText(frameOf(start)),
    ...(stuck ? [`${right} ${waitSentence(stuck)}`] : []),
    ...path.flatMap((moment) => refusals(frameOf(moment))),
    ...ending(frameOf(path.at(-1) ?? start), outcome),
  ];
  return {
    task,
    chosen: chosenBy,
    moves: path.flatMap(({ move }) => (move?.kind === 'step' ? [move.task] : [])),
    text: `If ${task} goes first: ${told.join('; ')}. No order of what is left changes that (${reach.states} states tried).`,
  };
}

function upcomingText(frame: Frame, task: string): string {
  const call = tasksOf(frame).find(({ name }) => name === task)?.upcoming?.call;
  return call ? callText(call) : '';
}

/** What a step did, without what it only looked at and how its call ended. */
function stepText({ program, task, step, events, texts }: Frame): string {
  const did = texts.filter(
    (_, index) => !['read', 'fail', 'return'].includes(events[index]?.note.kind ?? ''),
  );
  return did.length > 0
    ? did.join('; ')
    : `${program.tasks[task ?? -1]?.name ?? ''} does ${step?.id ?? ''}, ${step?.title ?? ''}`;
}

function refusals({ program, step, events }: Frame): readonly string[] {
  const call = step && program.calls[step.call];
  return events.flatMap(({ note }) =>
    note.kind === 'fail' && call
      ? [`${call.call.by}’s ${callText(call.call)} is refused at ${step.id}: ${note.why}`]
      : [],
  );
}

/** How the other way ends, where no refusal says it. */
function ending({ program, state }: Frame, outcome: Outcome): readonly string[] {
  if (outcome.kind === 'violation') return ['the rule holds to the end'];
  const name = `${outcome.call.call.by}’s ${callText(outcome.call.call)}`;
  const end = endOf(program, state, outcome.call);
  if (end === 'refused') return [];
  if (end === 'success') return [`${name} succeeds`];
  return [
    callStatus(program, state, outcome.call.index) === 'skipped'
      ? `${name} is left out, since what it needs was never made`
      : `${name} never returns`,
  ];
}
