import type { Program } from '../../kernel/compiler/program';
import type { PropertyId } from '../../kernel/language/propertyId';
import { initialState, nextStep, step } from '../../kernel/machine/machine';
import { stateChecks } from '../../kernel/properties/properties';
import { makeScheduleEntries, parseScheduleEntry } from '../../scenario/format/scheduleText';
import { makeModel, propertyBit } from '../engines/model';
import { decidingOrder, type DecidingOrder, type TaskStep } from './decidingOrder';
import { stepGraph, type StepGraph } from './stepGraph';
import { bestEngine, DEFAULT_LIMITS, startSearch } from '../search/search';

/** A larger graph is not explained: its edges would not fit in memory. */
export const MAX_EXPLAINED_STATES = 400_000;
/** States in one slice of work. */
const SLICE = 4096;

/** Why some interleavings violate a property and others do not. */
export interface Explanation {
  readonly property: PropertyId;
  /**
   * Two steps whose order decides in every interleaving: exactly those in which `before` runs and `after` has not run yet violate the
   * property. Undefined if none was found: mostly more than one order matters.
   */
  readonly order: DecidingOrder | undefined;
  /**
   * The last state of this counterexample from which both ends can be reached: there `before` makes the violation certain, and
   * `after` keeps a safe end within reach. Says nothing about other schedules. Undefined if no interleaving is safe.
   */
  readonly decision:
    | (DecidingOrder & {
        /** Steps of the counterexample before it. */
        readonly depth: number;
        /** A complete schedule that does not violate the property: the counterexample up to the decision, then the other choice. */
        readonly safeSchedule: readonly string[];
      })
    | undefined;
  /** Undefined if steps can repeat without end. Of `lock-order`: the interleavings with a bad unlock. */
  readonly share: ViolatedShare | undefined;
}

/** How much of all interleavings violates a property. Each is counted to the end of its last call, also after the violation. */
export interface ViolatedShare {
  readonly violated: bigint;
  readonly total: bigint;
  /** The probability of a violation if at each step every task that can run is equally likely. */
  readonly random: number;
}

/** Why there is no explanation: too many states, a property of a call that runs alone, or of several schedules together. */
export type ExplainFailure = 'too-large' | 'call-alone' | 'several-schedules';

/** An explanation in progress: yields the states processed. */
export function* explain(
  program: Program,
  property: PropertyId,
  schedule: readonly string[],
): Generator<number, Explanation | ExplainFailure> {
  if (property === 'clean-unwind') return 'call-alone';
  const checks = stateChecks(program).filter((check) => check.property === property);
  const search = startSearch(makeModel(program, checks), bestEngine(), DEFAULT_LIMITS);
  for (;;) {
    const outcome = search.advance(SLICE);
    if (outcome === 'complete') break;
    if (outcome !== 'more' || search.engine.count() > MAX_EXPLAINED_STATES) return 'too-large';
    yield SLICE;
  }
  const graph = yield* stepGraph(search, property);
  const path = pathOf(program, graph, schedule);
  const { canBeSafe, safeDistance } = safeStates(graph);
  // A cycle in the lock order comes from several schedules; a bad unlock is a step of this one.
  if (!endsBadly(graph, path, canBeSafe))
    return property === 'lock-order' ? 'several-schedules' : 'call-alone';
  const isViolatedAtStart = search.firstViolations.get(propertyBit(property))?.task === -1;
  const decision = isViolatedAtStart ? undefined : decisionOn(graph, path, canBeSafe, safeDistance);
  yield graph.states;
  const order = decision && (yield* decidingOrder(search, graph, path, decision));
  return {
    property,
    order,
    decision: decision && {
      depth: decision.depth,
      before: taskStepAt(program, decision.prefix, decision.before),
      after: taskStepAt(program, decision.prefix, decision.after),
      safeSchedule: makeScheduleEntries(decision.safe.map((by) => program.tasks[by]?.name ?? '')),
    },
    share: shareOf(graph, isViolatedAtStart),
  };
}

/** The states of a schedule, as `[state, task]` before each step. */
function pathOf(
  program: Program,
  { tasks, next }: StepGraph,
  schedule: readonly string[],
): readonly (readonly [state: number, task: number])[] {
  const path: (readonly [number, number])[] = [];
  let state = 0;
  for (const entry of schedule) {
    const { task: name, count } = parseScheduleEntry(entry);
    const task = program.tasks.findIndex((each) => each.name === name);
    for (let i = 0; i < count && state >= 0; i++) {
      path.push([state, task]);
      state = next[state * tasks + task] ?? -1;
    }
  }
  return path;
}

/** Whether a schedule ends with a step that violates the property, or where every continuation does. */
function endsBadly(
  { tasks, next, violates }: StepGraph,
  path: ReturnType<typeof pathOf>,
  canBeSafe: Uint8Array,
): boolean {
  const last = path.at(-1);
  if (!last) return true;
  const edge = last[0] * tasks + last[1];
  return violates[edge] === 1 || canBeSafe[next[edge] ?? -1] !== 1;
}

/** The states from which a complete schedule without a violation starts, and its fewest steps. */
function safeStates({ states, tasks, next, violates, badEnd }: StepGraph): {
  readonly canBeSafe: Uint8Array;
  readonly safeDistance: Int32Array;
} {
  const starts = new Int32Array(states + 1);
  for (const to of next) if (to >= 0) starts[to + 1]!++;
  for (let i = 0; i < states; i++) starts[i + 1]! += starts[i]!;
  const fill = starts.slice(0, states);
  const into = new Int32Array(starts[states]!);
  for (let edge = 0; edge < next.length; edge++)
    if (next[edge]! >= 0) into[fill[next[edge]!]!++] = edge;
  const canBeSafe = new Uint8Array(states);
  const safeDistance = new Int32Array(states);
  const queue: number[] = [];
  for (let state = 0; state < states; state++) {
    let isEnd = true;
    for (let task = 0; task < tasks; task++) isEnd &&= next[state * tasks + task]! < 0;
    if (!isEnd || badEnd[state]) continue;
    canBeSafe[state] = 1;
    queue.push(state);
  }
  for (let at = 0; at < queue.length; at++) {
    const to = queue[at]!;
    for (let i = starts[to]!; i < starts[to + 1]!; i++) {
      const edge = into[i]!;
      const from = Math.floor(edge / tasks);
      if (violates[edge] || canBeSafe[from]) continue;
      canBeSafe[from] = 1;
      safeDistance[from] = safeDistance[to]! + 1;
      queue.push(from);
    }
  }
  return { canBeSafe, safeDistance };
}

/** A decision by task numbers. */
interface Decision {
  readonly depth: number;
  /** The tasks of the counterexample up to it. */
  readonly prefix: readonly number[];
  readonly before: number;
  readonly after: number;
  readonly safe: readonly number[];
}

function decisionOn(
  { tasks, next, violates }: StepGraph,
  path: ReturnType<typeof pathOf>,
  canBeSafe: Uint8Array,
  safeDistance: Int32Array,
): Decision | undefined {
  const depth = path.findLastIndex(([state]) => canBeSafe[state]);
  const [state, task] = path[depth] ?? [];
  if (state === undefined || task === undefined) return undefined;
  const isSafe = (from: number, by: number): boolean => {
    const edge = from * tasks + by;
    return next[edge]! >= 0 && !violates[edge] && canBeSafe[next[edge]!] === 1;
  };
  const stepBy = (from: number): number | undefined =>
    Array.from({ length: tasks }, (_, by) => by)
      .filter((by) => isSafe(from, by))
      .toSorted(
        (a, b) => safeDistance[next[from * tasks + a]!]! - safeDistance[next[from * tasks + b]!]!,
      )[0];
  const other = stepBy(state);
  if (other === undefined) return undefined;
  const prefix = path.slice(0, depth).map(([, by]) => by);
  const safe = [...prefix];
  for (let at = state, by: number | undefined = other; by !== undefined; by = stepBy(at)) {
    safe.push(by);
    at = next[at * tasks + by]!;
  }
  return { depth, prefix, before: task, after: other, safe };
}

/** The next step of a task after a schedule. */
function taskStepAt(program: Program, schedule: readonly number[], task: number): TaskStep {
  const state = initialState(program);
  for (const by of schedule) step(program, state, by);
  const next = nextStep(program, state, task);
  return { task: program.tasks[task]?.name ?? '', step: next?.name ?? '' };
}

/** Counts backwards from the ends; a state on a cycle is never counted. */
function shareOf(
  { states, tasks, next, violates, badEnd }: StepGraph,
  isViolatedAtStart: boolean,
): ViolatedShare | undefined {
  const total: bigint[] = Array.from({ length: states }, () => 0n);
  const violated = total.slice();
  const random = new Float64Array(states);
  const successors = new Uint8Array(states);
  const into: number[][] = Array.from({ length: states }, () => []);
  const ready: number[] = [];
  for (let state = 0; state < states; state++) {
    for (let task = 0; task < tasks; task++) {
      const to = next[state * tasks + task]!;
      if (to < 0) continue;
      successors[state]!++;
      into[to]!.push(state * tasks + task);
    }
    if (successors[state]! > 0) continue;
    total[state] = 1n;
    violated[state] = BigInt(badEnd[state]!);
    random[state] = badEnd[state]!;
    ready.push(state);
  }
  const open = successors.slice();
  for (let at = 0; at < ready.length; at++) {
    const to = ready[at]!;
    for (const edge of into[to]!) {
      const from = Math.floor(edge / tasks);
      total[from]! += total[to]!;
      violated[from]! += violates[edge] ? total[to]! : violated[to]!;
      random[from]! += (violates[edge] ? 1 : random[to]!) / successors[from]!;
      if (--open[from]! === 0) ready.push(from);
    }
  }
  if (ready.length < states) return undefined;
  const all = total[0]!;
  return isViolatedAtStart
    ? { violated: all, total: all, random: 1 }
    : { violated: violated[0]!, total: all, random: random[0]! };
}
