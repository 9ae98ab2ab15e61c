import type { Program } from '../../kernel/compiler/program';
import type { PropertyId } from '../../kernel/language/propertyId';
import { initialState, nextStep, step } from '../../kernel/machine/machine';
import { stateChecks } from '../../kernel/properties/properties';
import { stuckUnregister } from '../../kernel/properties/unregisterLive';
import { waitCycles } from '../../kernel/properties/noDeadlock';
import { makeScheduleEntries, parseScheduleEntry } from '../../scenario/format/scheduleText';
import { makeSuccessors } from '../counterexample/successors';
import { makeModel, propertyBit } from '../engines/model';
import { unpackState } from '../engines/packedLayout';
import { bestEngine, DEFAULT_LIMITS, startSearch, type Search } from '../search/search';

/** A larger graph is not explained: its edges would not fit in memory. */
export const MAX_EXPLAINED_STATES = 400_000;
/** States in one slice of work. */
const SLICE = 4096;

/** A step of a task: who makes it, and its stable name. */
export interface TaskStep {
  readonly task: string;
  readonly step: string;
}

/** Why some interleavings violate a property and others do not. */
export interface Explanation {
  readonly property: PropertyId;
  /**
   * At the last state of the counterexample from which both ends can be reached: `before` makes the violation certain, `after`
   * keeps a safe end within reach if it runs first. Undefined if no interleaving is safe.
   */
  readonly decision:
    | {
        /** Steps of the counterexample before it. */
        readonly depth: number;
        readonly before: TaskStep;
        readonly after: TaskStep;
        /** A complete schedule that does not violate the property: the counterexample up to the decision, then the other order. */
        readonly safeSchedule: readonly string[];
      }
    | undefined;
  /** Complete interleavings that violate the property, of all; undefined if steps can repeat without end or are too many to count. */
  readonly share: { readonly violated: number; readonly total: number } | undefined;
}

/** Why there is no explanation. */
export type ExplainFailure = 'too-large' | 'not-by-order';

/** An explanation in progress: yields the states processed. */
export function* explain(
  program: Program,
  property: PropertyId,
  schedule: readonly string[],
): Generator<number, Explanation | ExplainFailure> {
  // These compare a call that runs alone, or several schedules: no single schedule decides.
  if (property === 'clean-unwind' || property === 'lock-order') return 'not-by-order';
  const checks = stateChecks(program).filter((check) => check.property === property);
  const search = startSearch(makeModel(program, checks), bestEngine(), DEFAULT_LIMITS);
  for (;;) {
    const outcome = search.advance(SLICE);
    if (outcome === 'complete') break;
    if (outcome !== 'more' || search.engine.count() > MAX_EXPLAINED_STATES) return 'too-large';
    yield SLICE;
  }
  const graph = yield* graphOf(search, property);
  const path = pathOf(program, graph, schedule);
  const { canBeSafe, safeDistance } = safeStates(graph);
  if (!endsBadly(graph, path, canBeSafe)) return 'not-by-order';
  const isViolatedAtStart = search.firstViolations.get(propertyBit(property))?.task === -1;
  return {
    property,
    decision: isViolatedAtStart
      ? undefined
      : decisionOn(program, graph, path, canBeSafe, safeDistance),
    share: shareOf(graph, isViolatedAtStart),
  };
}

/** All states and edges. `next[state * tasks + task]` is negative if the task is blocked. */
interface Graph {
  readonly states: number;
  readonly tasks: number;
  readonly next: Int32Array;
  /** 1 for an edge whose step violates the property. */
  readonly violates: Uint8Array;
  /** 1 for a state without edges that violates the property: a call can never return. */
  readonly badEnd: Uint8Array;
}

function* graphOf(search: Search, property: PropertyId): Generator<number, Graph> {
  const { model, layout, engine, terminalStates } = search;
  const { program } = model;
  const states = engine.count();
  const badEnd = new Uint8Array(states);
  const { records, stride } = engine.store();
  const unpacked = new Int32Array(program.fields.length + program.tasks.length);
  for (const state of terminalStates) {
    unpackState(model, layout, records, state * stride, unpacked);
    const isBad =
      property === 'no-deadlock'
        ? waitCycles(program, unpacked).length > 0
        : property === 'unregister-live' && stuckUnregister(program, unpacked) !== undefined;
    badEnd[state] = isBad ? 1 : 0;
  }
  const successors = makeSuccessors(search);
  const { tasks, batch } = successors;
  const next = new Int32Array(states * tasks);
  const violates = new Uint8Array(states * tasks);
  const bit = 1 << propertyBit(property);
  for (let from = 0; from < states; from += batch) {
    const to = Math.min(states, from + batch);
    successors.expand(from, to);
    const length = (to - from) * tasks;
    next.set(successors.next().subarray(0, length), from * tasks);
    const violated = successors.violated();
    for (let i = 0; i < length; i++) if (violated[i]! & bit) violates[from * tasks + i] = 1;
    yield to - from;
  }
  return { states, tasks, next, violates, badEnd };
}

/** The states of a schedule, as `[state, task]` before each step. */
function pathOf(
  program: Program,
  { tasks, next }: Graph,
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
  { tasks, next, violates }: Graph,
  path: ReturnType<typeof pathOf>,
  canBeSafe: Uint8Array,
): boolean {
  const last = path.at(-1);
  if (!last) return true;
  const edge = last[0] * tasks + last[1];
  return violates[edge] === 1 || canBeSafe[next[edge] ?? -1] !== 1;
}

/** The states from which a complete schedule without a violation starts, and its fewest steps. */
function safeStates({ states, tasks, next, violates, badEnd }: Graph): {
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

function decisionOn(
  program: Program,
  { tasks, next, violates }: Graph,
  path: ReturnType<typeof pathOf>,
  canBeSafe: Uint8Array,
  safeDistance: Int32Array,
): Explanation['decision'] {
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
  const safe = path.slice(0, depth).map(([, by]) => by);
  for (let at = state, by: number | undefined = other; by !== undefined; by = stepBy(at)) {
    safe.push(by);
    at = next[at * tasks + by]!;
  }
  return {
    depth,
    before: taskStepAt(
      program,
      path.slice(0, depth).map(([, by]) => by),
      task,
    ),
    after: taskStepAt(
      program,
      path.slice(0, depth).map(([, by]) => by),
      other,
    ),
    safeSchedule: makeScheduleEntries(safe.map((by) => program.tasks[by]?.name ?? '')),
  };
}

/** The next step of a task after a schedule. */
function taskStepAt(program: Program, schedule: readonly number[], task: number): TaskStep {
  const state = initialState(program);
  for (const by of schedule) step(program, state, by);
  const next = nextStep(program, state, task);
  return { task: program.tasks[task]?.name ?? '', step: next?.name ?? '' };
}

/** How many complete schedules violate the property. Counts backwards from the ends; a state on a cycle is never counted. */
function shareOf(
  { states, tasks, next, violates, badEnd }: Graph,
  isViolatedAtStart: boolean,
): Explanation['share'] {
  const total = new Float64Array(states);
  const violated = new Float64Array(states);
  const open = new Uint8Array(states);
  const into: number[][] = Array.from({ length: states }, () => []);
  const ready: number[] = [];
  for (let state = 0; state < states; state++) {
    for (let task = 0; task < tasks; task++) {
      const to = next[state * tasks + task]!;
      if (to < 0) continue;
      open[state]!++;
      into[to]!.push(state * tasks + task);
    }
    if (open[state]! > 0) continue;
    total[state] = 1;
    violated[state] = badEnd[state]!;
    ready.push(state);
  }
  for (let at = 0; at < ready.length; at++)
    for (const edge of into[ready[at]!]!) {
      const from = Math.floor(edge / tasks);
      total[from]! += total[ready[at]!]!;
      violated[from]! += violates[edge] ? total[ready[at]!]! : violated[ready[at]!]!;
      if (--open[from]! === 0) ready.push(from);
    }
  const all = total[0]!;
  if (ready.length < states || !Number.isFinite(all)) return undefined;
  return { violated: isViolatedAtStart ? all : violated[0]!, total: all };
}
