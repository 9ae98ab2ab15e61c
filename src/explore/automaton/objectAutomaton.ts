import type { Field, Program } from '../../kernel/compiler/program';
import { initialState, step } from '../../kernel/machine/machine';
import type { PropertyId } from '../../kernel/language/propertyId';
import { stateChecks } from '../../kernel/properties/properties';
import { makeSuccessors } from '../counterexample/successors';
import { TASK_BLOCKED } from '../engines/engine';
import { makeModel, propertyBit } from '../engines/model';
import { readField } from '../engines/packedLayout';
import { bestEngine, startSearch } from '../search/search';

/** A deterministic automaton of the changes of one object in all runs that violate no property. State 0 is the initial one; every state is final. */
export interface ObjectAutomaton {
  readonly object: number;
  /** By state: the next state by event. */
  readonly states: readonly ReadonlyMap<string, number>[];
  /** Every event, with the steps that cause it; also an event that only a violation makes, which no state has. */
  readonly steps: ReadonlyMap<string, ReadonlySet<string>>;
}

/** States of the model, and of the automaton, beyond which none is made. */
const MAX_MODEL_STATES = 200_000;
const MAX_AUTOMATON_STATES = 256;

/** The automaton of an object, or why there is none. `excluded`: a run that violates one of these is not a run of the automaton. */
export function objectAutomaton(
  program: Program,
  object: number,
  excluded: readonly PropertyId[],
): ObjectAutomaton | string {
  const fields = visibleFields(program, object);
  if (fields.length === 0) return 'no step changes it';
  const model = makeModel(program, stateChecks(program));
  const search = startSearch(model, bestEngine(), {
    maxStates: MAX_MODEL_STATES,
    maxBytes: 512 * 2 ** 20,
  });
  let outcome = search.advance(100_000);
  while (outcome === 'more') outcome = search.advance(100_000);
  if (outcome !== 'complete') return `the scenario has more than ${MAX_MODEL_STATES} states`;
  while (search.engine.continueRehash(65_536));
  const count = search.engine.count();
  const { tasks, batch, expand, next, violated } = makeSuccessors(search);
  const mask = excluded.reduce((bits, id) => bits | (1 << propertyBit(id)), 0);
  const store = search.engine.store();
  // States with the same values share one number, and so do transitions between them.
  const vectors: (readonly number[])[] = [];
  const vectorNumbers = new Map<string, number>();
  const vectorAt = Int32Array.from({ length: count }, (_, state) => {
    const vector = fields.map((f) =>
      readField(model, search.layout, store.records, state * store.stride, f.index),
    );
    const key = vector.join();
    const known = vectorNumbers.get(key);
    if (known !== undefined) return known;
    vectorNumbers.set(key, vectors.length);
    return vectors.push(vector) - 1;
  });
  const positions = program.tasks.map(({ index }) => program.fields.length + index);
  const targets = new Int32Array(count * tasks).fill(TASK_BLOCKED);
  const labels = new Map<string, number>();
  const labelNames: string[] = [];
  const steps = new Map<string, Set<string>>();
  /** Label of each transition plus one; 0 for one that the object does not see. */
  const labelAt = new Int32Array(count * tasks);
  for (let from = 0; from < count; from += batch) {
    const to = Math.min(count, from + batch);
    expand(from, to);
    const found = next();
    const bad = violated();
    for (let state = from; state < to; state++)
      for (let task = 0; task < tasks; task++) {
        const at = (state - from) * tasks + task;
        const target = found[at]!;
        if (target < 0) continue;
        const excludedHere = (bad[at]! & mask) !== 0;
        if (!excludedHere) targets[state * tasks + task] = target;
        if (vectorAt[state] === vectorAt[target]) continue;
        const label = changeLabel(fields, vectors[vectorAt[state]!]!, vectors[vectorAt[target]!]!);
        let number = labels.get(label);
        if (number === undefined) {
          number = labelNames.push(label);
          labels.set(label, number);
          steps.set(label, new Set());
        }
        if (!excludedHere) labelAt[state * tasks + task] = number;
        const control = readField(
          model,
          search.layout,
          store.records,
          state * store.stride,
          positions[task]!,
        );
        const { pc } = model.actions[task]?.[control] ?? {};
        const name = pc === undefined ? undefined : program.tasks[task]?.steps[pc]?.name;
        if (name !== undefined) steps.get(label)?.add(name);
      }
  }
  if (labels.size === 0) return 'no step changes it';
  const closed = determinise(targets, labelAt, tasks, count, labelNames);
  return closed === undefined
    ? `its automaton has more than ${MAX_AUTOMATON_STATES} states`
    : { object, states: minimise(closed), steps };
}

/** Subset construction: sets of states that silent transitions connect. Undefined beyond the limit. */
function determinise(
  targets: Int32Array,
  labelAt: Int32Array,
  tasks: number,
  count: number,
  labelNames: readonly string[],
): Map<string, number>[] | undefined {
  const mark = new Int32Array(count);
  let turn = 0;
  const close = (members: number[]): number[] => {
    turn++;
    for (const member of members) mark[member] = turn;
    for (let i = 0; i < members.length; i++)
      for (let task = 0; task < tasks; task++) {
        const at = members[i]! * tasks + task;
        const target = targets[at]!;
        if (labelAt[at] !== 0 || target < 0 || mark[target] === turn) continue;
        mark[target] = turn;
        members.push(target);
      }
    return members.toSorted((a, b) => a - b);
  };
  const start = close([0]);
  const sets = [start];
  const numberOf = new Map([[start.join(), 0]]);
  const states: Map<string, number>[] = [];
  for (const set of sets) {
    const after = new Map<number, Set<number>>();
    for (const member of set)
      for (let task = 0; task < tasks; task++) {
        const at = member * tasks + task;
        const label = labelAt[at]!;
        if (label === 0) continue;
        const found = after.get(label) ?? new Set();
        after.set(label, found.add(targets[at]!));
      }
    const moves = new Map<string, number>();
    for (const [label, members] of after) {
      const closedSet = close([...members]);
      const key = closedSet.join();
      let number = numberOf.get(key);
      if (number === undefined) {
        number = sets.push(closedSet) - 1;
        if (number >= MAX_AUTOMATON_STATES) return undefined;
        numberOf.set(key, number);
      }
      moves.set(labelNames[label - 1]!, number);
    }
    states.push(moves);
  }
  return states;
}

/** Merges states that accept the same, by refining a partition. */
function minimise(states: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number>[] {
  let block = states.map(() => 0);
  for (let blocks = 1; ;) {
    const numberOf = new Map<string, number>();
    const refined = states.map((moves, state) => {
      const key = `${block[state]} ${[...moves]
        .map(([label, to]) => `${label}>${block[to]}`)
        .toSorted()
        .join()}`;
      const number = numberOf.get(key) ?? numberOf.size;
      numberOf.set(key, number);
      return number;
    });
    block = refined;
    if (numberOf.size === blocks) break;
    blocks = numberOf.size;
  }
  const merged: Map<string, number>[] = [];
  for (const [state, moves] of states.entries())
    merged[block[state]!] ??= new Map([...moves].map(([label, to]) => [label, block[to]!]));
  return merged;
}

/** The events of an object in a run, each with the index of its step. */
export function objectEvents(
  program: Program,
  schedule: readonly number[],
  object: number,
): readonly { readonly label: string; readonly step: number }[] {
  const fields = visibleFields(program, object);
  const state = initialState(program);
  return schedule.flatMap((task, index) => {
    const before = fields.map((f) => state[f.index]!);
    step(program, state, task);
    const label = changeLabel(
      fields,
      before,
      fields.map((f) => state[f.index]!),
    );
    return label === '' ? [] : [{ label, step: index }];
  });
}

/** The first event that the automaton does not accept; -1 if it accepts all. */
export function firstRejected({ states }: ObjectAutomaton, labels: readonly string[]): number {
  let state = 0;
  for (const [index, label] of labels.entries()) {
    const next = states[state]?.get(label);
    if (next === undefined) return index;
    state = next;
  }
  return -1;
}

/** The fields whose changes are events. Mutexes have tracepoints of their kind. */
function visibleFields(program: Program, object: number): readonly Field[] {
  return program.fields.filter(
    (f) => f.object === object && !f.constant && f.kind !== 'mutex' && f.kind !== 'task',
  );
}

/** What changed, as an identifier: `open_count_inc`, `iommufd_set__life_free`; empty if nothing did. */
function changeLabel(
  fields: readonly Field[],
  before: readonly number[],
  after: readonly number[],
): string {
  let label = '';
  for (const [i, f] of fields.entries()) {
    const from = before[i]!;
    const to = after[i]!;
    if (from === to) continue;
    label += `${label === '' ? '' : '__'}${f.name}_${changeWord(f, from, to)}`;
  }
  return label;
}

function changeWord({ kind }: Field, from: number, to: number): string {
  switch (kind) {
    case 'int':
    case 'refcount':
      return to === from + 1
        ? 'inc'
        : to === from - 1
          ? 'dec'
          : `is_${String(to).replace('-', 'm')}`;
    case 'life':
      return to === 1 ? 'alloc' : 'free';
    case 'enum':
      return `is_${to}`;
    default:
      return to === 0 ? 'clear' : from === 0 ? 'set' : 'change';
  }
}
