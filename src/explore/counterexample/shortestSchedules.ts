import type { Successors } from '../engines/engine';
import { depthInLayers } from '../search/search';

/** A graph of states in breadth-first order. State 0 is initial; `layers[d]` to `layers[d + 1] - 1` are the states of depth d. */
export interface LayeredGraph {
  readonly layers: readonly number[];
  readonly successors: Successors;
}

/** An end of a counterexample: reach `state`, then run the tasks of `tail`. All goals of one counterexample have the same length. */
export interface Goal {
  readonly state: number;
  readonly tail: readonly number[];
}

/** A schedule to a goal. Its last `tail` steps are the tail of the goal. */
export interface FoundSchedule {
  readonly steps: readonly number[];
  readonly tail: number;
}

/** Counterexamples per pass: one bit of a mark each. */
const GOALS_PER_PASS = 31;

/**
 * For each set of goals a schedule (task numbers) to one of them with the fewest steps, then the fewest task switches, then
 * the lowest task numbers. Under symmetry each task is a task of the stored state it runs in, see `originalTasks`. Yields the
 * number of states visited, so that the caller can pause.
 */
export function* shortestSchedules(
  graph: LayeredGraph,
  goals: readonly (readonly Goal[])[],
): Generator<number, FoundSchedule[]> {
  const schedules: FoundSchedule[] = [];
  for (let at = 0; at < goals.length; at += GOALS_PER_PASS) {
    const batchGoals = goals.slice(at, at + GOALS_PER_PASS);
    const marks = yield* markBackwards(graph, batchGoals);
    for (const [bit, set] of batchGoals.entries())
      schedules.push(yield* fewestSwitches(graph, marks, 1 << bit, set));
  }
  return schedules;
}

/** For each state, the goal sets (bits) that it reaches along shortest paths. */
function* markBackwards(
  graph: LayeredGraph,
  goals: readonly (readonly Goal[])[],
): Generator<number, Int32Array> {
  const { layers, successors } = graph;
  const { tasks, batch } = successors;
  const last = Math.max(0, ...goals.flat().map((g) => g.state));
  const marks = new Int32Array(last + 1);
  goals.forEach((set, bit) => {
    for (const g of set) marks[g.state]! |= 1 << bit;
  });
  for (let depth = depthInLayers(layers, last) - 1; depth >= 0; depth--) {
    const start = layers[depth]!;
    const end = layers[depth + 1]!;
    for (let from = start; from < end; from += batch) {
      const to = Math.min(end, from + batch);
      successors.expand(from, to);
      propagateMarks(marks, successors.next(), tasks, from, to, end, last);
      yield to - from;
    }
  }
  return marks;
}

/** Adds to each state the marks of its successors in `end..last`. A separate function, because loops in a generator are slow. */
function propagateMarks(
  marks: Int32Array,
  next: Int32Array,
  tasks: number,
  from: number,
  to: number,
  end: number,
  last: number,
): void {
  for (let state = from, at = 0; state < to; state++) {
    let mark = marks[state]!;
    for (let task = 0; task < tasks; task++, at++) {
      const s = next[at]!;
      if (s >= end && s <= last) mark |= marks[s]!;
    }
    marks[state] = mark;
  }
}

/** Dynamic programming over the marked states: per state and last task, the fewest switches. */
function* fewestSwitches(
  graph: LayeredGraph,
  marks: Int32Array,
  bit: number,
  goals: readonly Goal[],
): Generator<number, FoundSchedule> {
  const { layers, successors } = graph;
  const { tasks } = successors;
  const tails = new Map<number, (readonly number[])[]>();
  for (const g of goals) tails.set(g.state, [...(tails.get(g.state) ?? []), g.tail]);
  // One row per state and layer. By last task (`tasks` means none yet): the switches, the previous state and last task, and the task that ran.
  interface Row {
    readonly cost: Int32Array;
    readonly from: Int32Array;
    readonly before: Int32Array;
    readonly ran: Int32Array;
  }
  const makeRow = (): Row => ({
    cost: new Int32Array(tasks + 1).fill(INFINITE_COST),
    from: new Int32Array(tasks + 1),
    before: new Int32Array(tasks + 1),
    ran: new Int32Array(tasks + 1),
  });
  const start = makeRow();
  start.cost[tasks] = 0;
  const rows: Map<number, Row>[] = [new Map([[0, start]])];
  let best = INFINITE_COST;
  let end: { state: number; depth: number; last: number; tail: readonly number[] } | undefined;
  for (let depth = 0; ; depth++) {
    const layer = rows[depth]!;
    for (const [state, row] of layer) {
      for (const tail of tails.get(state) ?? []) {
        for (let last = 0; last <= tasks; last++) {
          const total =
            row.cost[last]! + countSwitchesAfter(last === tasks ? undefined : last, tail);
          if (total >= best) continue;
          best = total;
          end = { state, depth, last, tail };
        }
      }
    }
    const following = new Map<number, Row>();
    const begin = layers[depth + 1] ?? Infinity;
    for (const [state, row] of layer) {
      successors.expand(state, state + 1);
      const next = successors.next();
      const permutedTask = successors.permutedTask?.();
      for (let task = 0; task < tasks; task++) {
        const to = next[task]!;
        if (to < begin || to >= marks.length || (marks[to]! & bit) === 0) continue;
        const target = following.get(to) ?? makeRow();
        following.set(to, target);
        for (let last = 0; last <= tasks; last++) {
          const cost = row.cost[last]! + (last === task || last === tasks ? 0 : 1);
          const image = permutedTask ? permutedTask[task]! : task;
          if (cost >= target.cost[image]!) continue;
          target.cost[image] = cost;
          target.from[image] = state;
          target.before[image] = last;
          target.ran[image] = task;
        }
      }
    }
    yield layer.size;
    if (following.size === 0) break;
    rows.push(following);
  }
  if (!end) throw new Error(`none of ${goals.length} goals is reachable`);
  const schedule = end.tail.toReversed();
  for (let { state, depth, last } = { ...end }; depth > 0; depth--) {
    const row = rows[depth]!.get(state)!;
    schedule.push(row.ran[last]!);
    [state, last] = [row.from[last]!, row.before[last]!];
  }
  return { steps: schedule.toReversed(), tail: end.tail.length };
}

/** Larger than any number of switches. */
const INFINITE_COST = 0x3fffffff;

function countSwitchesAfter(last: number | undefined, tail: readonly number[]): number {
  let count = 0;
  let before = last;
  for (const task of tail) {
    if (before !== undefined && before !== task) count++;
    before = task;
  }
  return count;
}

/** How often the running task changes along a schedule. */
export function countSwitches(schedule: readonly number[]): number {
  return countSwitchesAfter(undefined, schedule);
}
