import type { Program } from '../../kernel/compiler/program';
import type { Search } from '../search/search';
import type { StepGraph } from './stepGraph';

/** A step of a task: who makes it, and its stable name. */
export interface TaskStep {
  readonly task: string;
  readonly step: string;
}

/** Two steps of different tasks, in the order that violates a property. */
export interface DecidingOrder {
  readonly before: TaskStep;
  readonly after: TaskStep;
}

/** Edges looked at for all pairs together; later pairs stay untried. */
const MAX_EDGES = 20_000_000;

/** A step of a task by numbers: the task, and the index of the step in it. Each call of the scenario has steps of its own. */
interface NumberedStep {
  readonly task: number;
  readonly pc: number;
}

/** An interleaving: for each step (by `task * MAX_PC + pc`) when it ran first, and whether the property was violated. */
interface Sample {
  readonly firstRun: ReadonlyMap<number, number>;
  readonly isViolated: boolean;
}

const MAX_PC = 1 << 16;
const keyOf = ({ task, pc }: NumberedStep): number => task * MAX_PC + pc;

/** The result of a schedule that runs to its end. */
interface Decision {
  readonly depth: number;
  readonly before: number;
  readonly after: number;
  readonly safe: readonly number[];
}

/**
 * Two steps with this: exactly the interleavings in which the first runs and the second has not run yet violate the property. Tries
 * pairs of steps of the counterexample and the safe schedule, the nearest to the decision first, each on the complete graph. An
 * interleaving that contradicts a pair rules out others.
 */
export function* decidingOrder(
  search: Search,
  graph: StepGraph,
  path: readonly (readonly [state: number, task: number])[],
  decision: Decision,
): Generator<number, DecidingOrder | undefined> {
  const { program } = search.model;
  const pcOf = makePcReader(search);
  const run = (schedule: readonly number[], isViolated: boolean): Sample => {
    const firstRun = new Map<number, number>();
    let state = 0;
    schedule.forEach((task, at) => {
      const key = keyOf({ task, pc: pcOf(state, task) });
      if (!firstRun.has(key)) firstRun.set(key, at);
      state = graph.next[state * graph.tasks + task]!;
    });
    return { firstRun, isViolated };
  };
  const bad = run(
    path.map(([, task]) => task),
    true,
  );
  const safe = run(decision.safe, false);
  const samples = [safe];
  const stepOf = (key: number): NumberedStep => ({
    task: Math.floor(key / MAX_PC),
    pc: key % MAX_PC,
  });
  const distance = (at: number): number => Math.abs(at - decision.depth);
  const pairs = [...bad.firstRun]
    .flatMap(([a, atA]) =>
      [...safe.firstRun].flatMap(([b, atB]) => {
        const [before, after] = [stepOf(a), stepOf(b)];
        const fits = before.task !== after.task && (bad.firstRun.get(b) ?? Infinity) > atA;
        return fits ? [{ before, after, distance: distance(atA) + distance(atB) }] : [];
      }),
    )
    .toSorted((x, y) => x.distance - y.distance);
  for (let left = MAX_EDGES; left > 0;) {
    const pair = pairs.find((each) => samples.every((sample) => explains(each, sample)));
    if (!pair) return undefined;
    const { contradiction, edges } = contradictionTo(graph, pair, pcOf);
    left -= edges;
    yield edges;
    if (!contradiction)
      return { before: named(program, pair.before), after: named(program, pair.after) };
    samples.push(run(contradiction.schedule, contradiction.isViolated));
  }
  return undefined;
}

/** Whether an interleaving is as a pair says. */
function explains(
  { before, after }: { readonly before: NumberedStep; readonly after: NumberedStep },
  { firstRun, isViolated }: Sample,
): boolean {
  const a = firstRun.get(keyOf(before));
  return isViolated === (a !== undefined && a < (firstRun.get(keyOf(after)) ?? Infinity));
}

function named(program: Program, { task, pc }: NumberedStep): TaskStep {
  const { name, steps } = program.tasks[task]!;
  return { task: name, step: steps[pc]?.name ?? '' };
}

function makePcReader({ model, layout, engine }: Search): (state: number, task: number) => number {
  const { records, stride } = engine.store();
  const fields = model.program.tasks.map(({ pc }) => layout.bitFieldOf.get(pc)!);
  return (state, task) => {
    const { word, shift, mask, table } = fields[task]!;
    const value = (records[state * stride + word]! >>> shift) & mask;
    return table ? table[value]! : value;
  };
}

/** Neither step has run yet, the first ran before the second, or the second before the first; and whether the property is violated. */
const COMBINATIONS = 6;

/** A complete interleaving that is not as the pair says, from a search of all states together with what the pair has done. */
function contradictionTo(
  { states, tasks, next, violates, badEnd }: StepGraph,
  pair: { readonly before: NumberedStep; readonly after: NumberedStep },
  pcOf: (state: number, task: number) => number,
): {
  readonly contradiction?: { readonly schedule: readonly number[]; readonly isViolated: boolean };
  readonly edges: number;
} {
  /** The edge that a node was found by, as `node * tasks + task`, plus 1. */
  const foundBy = new Float64Array(states * COMBINATIONS);
  const queue = [0];
  foundBy[0] = -1;
  let edges = 0;
  for (let at = 0; at < queue.length; at++) {
    const node = queue[at]!;
    const state = Math.floor(node / COMBINATIONS);
    const order = (node % COMBINATIONS) >> 1;
    const wasViolated = node & 1;
    let isEnd = true;
    for (let task = 0; task < tasks; task++) {
      const edge = state * tasks + task;
      const to = next[edge]!;
      edges++;
      if (to < 0) continue;
      isEnd = false;
      let orderAfter = order;
      if (order === 0 && (task === pair.before.task || task === pair.after.task)) {
        const pc = pcOf(state, task);
        if (task === pair.before.task && pc === pair.before.pc) orderAfter = 1;
        else if (task === pair.after.task && pc === pair.after.pc) orderAfter = 2;
      }
      const found = to * COMBINATIONS + orderAfter * 2 + (wasViolated | violates[edge]!);
      if (foundBy[found] !== 0) continue;
      foundBy[found] = node * tasks + task + 1;
      queue.push(found);
    }
    const isViolated = (wasViolated | badEnd[state]!) === 1;
    if (!isEnd || isViolated === (order === 1)) continue;
    const schedule: number[] = [];
    for (let back = node; foundBy[back]! > 0;) {
      const by = foundBy[back]! - 1;
      schedule.push(by % tasks);
      back = Math.floor(by / tasks);
    }
    return { contradiction: { schedule: schedule.toReversed(), isViolated }, edges };
  }
  return { edges };
}
