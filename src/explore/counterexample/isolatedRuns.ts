import type { Program, ProgramCall } from '../../kernel/compiler/program';
import { cleanUnwind, fieldsNotRestored, hasEffect } from '../../kernel/properties/cleanUnwind';
import { callsRaisingCounter, unregisterWaits } from '../../kernel/properties/unregisterLive';
import { formOf } from '../engines/foldedStep';
import { readField, statesMatching, unpackState } from '../engines/packedLayout';
import type { BitField } from '../engines/packedLayout';
import { makeStateProjection } from '../search/stateProjection';
import type { StateProjection } from '../search/stateProjection';
import type { Search } from '../search/search';
import { depthInLayers } from '../search/search';
import type { Goal } from './shortestSchedules';

/** What running one call in isolation shows. */
interface IsolatedOutcome {
  /** Steps after which the call has failed without restoring a field, or succeeded without a change; 0 if it does not. */
  readonly uncleanUnwind: number;
  /** Steps after which it takes a reference although registration was withdrawn before it began; 0 if it does not. */
  readonly lateReference: number;
}

/** Goals of clean-unwind and unregister-live. */
export interface IsolatedRunGoals {
  readonly uncleanUnwind: Goal[];
  readonly lateReference: Goal[];
}

/** One call. It runs in the same way from all states of one class of the projection. */
interface IsolatedCall {
  readonly call: ProgramCall;
  readonly projection: StateProjection;
  /** By class of the projection. */
  readonly outcomes: IsolatedOutcome[];
}

/**
 * From every state in which a call is about to begin, runs this call alone to its end. States that agree on the fields that
 * the call reads or writes are tried once.
 */
export function* isolatedRunGoals(
  search: Search,
  layers: readonly number[],
  wanted: { readonly uncleanUnwind: boolean; readonly lateReference: boolean },
): Generator<number, IsolatedRunGoals> {
  const { model, layout, engine } = search;
  const { program } = model;
  const runner = makeIsolatedRunner(search, {
    uncleanUnwind: wanted.uncleanUnwind && cleanUnwind.appliesTo(program),
    lateReference: wanted.lateReference,
  });
  const goals: IsolatedRunGoals = { uncleanUnwind: [], lateReference: [] };
  const best = { uncleanUnwind: Infinity, lateReference: Infinity };
  if (runner.candidates.length === 0) return goals;
  const byTask = model.pcs
    .map((pc, task) => ({
      task,
      bitField: layout.bitFieldOf.get(pc)!,
      at: new Map(
        runner.candidates.filter((c) => c.call.task === task).map((c) => [c.call.start, c]),
      ),
    }))
    .filter((t) => t.at.size > 0)
    .map((t) => ({ ...t, starts: t.bitField.table!.map((pc) => t.at.get(pc)) }));
  const addGoal = (
    kind: 'uncleanUnwind' | 'lateReference',
    state: number,
    steps: number,
    task: number,
  ): void => {
    if (steps === 0) return;
    const length = depthInLayers(layers, state) + steps;
    if (length > best[kind]) return;
    if (length < best[kind]) goals[kind].length = 0;
    best[kind] = length;
    goals[kind].push({ state, tail: Array.from({ length: steps }, () => task) });
  };
  const count = engine.count();
  const slice = 16_384;
  const found = new Int32Array(slice);
  for (let from = 0; from < count; from += slice) {
    const to = Math.min(count, from + slice);
    const { records, stride } = engine.store();
    for (const { task, bitField, starts } of byTask) {
      visitViolations(
        statesMatching(records, stride, from, to, bitField, starts, found),
        records,
        stride,
        bitField,
        starts,
        runner.runAlone,
        (state, { uncleanUnwind, lateReference }) => {
          addGoal('uncleanUnwind', state, uncleanUnwind, task);
          addGoal('lateReference', state, lateReference, task);
        },
      );
    }
    yield to - from;
  }
  return goals;
}

/** The hot loop. A module-level function, because the JIT code of a closure is dropped with its check. */
function visitViolations(
  states: Int32Array,
  records: Int32Array,
  stride: number,
  bitField: BitField,
  starts: readonly (IsolatedCall | undefined)[],
  runAlone: IsolatedRunner['runAlone'],
  show: (state: number, outcome: IsolatedOutcome) => void,
): void {
  const { word, shift, mask } = bitField;
  for (let i = 0; i < states.length; i++) {
    const offset = states[i]! * stride;
    const candidate = starts[(records[offset + word]! >>> shift) & mask]!;
    const number = candidate.projection.numberOf(records, offset);
    const { outcomes } = candidate;
    if (number === outcomes.length) outcomes.push(runAlone(candidate, records, offset));
    const outcome = outcomes[number]!;
    if (outcome !== NO_VIOLATION) show(states[i]!, outcome);
  }
}

interface IsolatedRunner {
  readonly candidates: readonly IsolatedCall[];
  /** `NO_VIOLATION` if both numbers are 0. */
  readonly runAlone: (
    candidate: IsolatedCall,
    records: Int32Array,
    offset: number,
  ) => IsolatedOutcome;
}

const NO_VIOLATION: IsolatedOutcome = { uncleanUnwind: 0, lateReference: 0 };

function makeIsolatedRunner(
  { model, layout, ...search }: Search,
  wanted: { readonly uncleanUnwind: boolean; readonly lateReference: boolean },
): IsolatedRunner {
  const { program } = model;
  const waits = wanted.lateReference
    ? unregisterWaits(program).map((w) => ({
        ...w,
        opens: callsRaisingCounter(program, w),
        at: w.pc,
        pc: model.pcs[w.task]!,
      }))
    : [];
  const candidates = program.calls
    .filter(
      (c) =>
        (wanted.uncleanUnwind && (c.errnos.length > 0 || hasEffect(program, c))) ||
        waits.some((w) => w.opens.includes(c)),
    )
    .map((call): IsolatedCall => ({
      call,
      projection: makeStateProjection(
        layout,
        fieldsOfCall(
          program,
          call,
          waits.filter((w) => w.opens.includes(call)).map((w) => w.pc),
        ),
      ),
      outcomes: [],
    }));
  const interpreter = search.interpreter();
  const now = new Int32Array(layout.words);
  const emptyState = (): Int32Array => new Int32Array(program.fields.length + program.tasks.length);
  const before = emptyState();
  const after = emptyState();

  const runAlone = (
    { call }: IsolatedCall,
    records: Int32Array,
    offset: number,
  ): IsolatedOutcome => {
    for (let i = 0; i < layout.words; i++) now[i] = records[offset + i]!;
    const pc = model.pcs[call.task]!;
    const activeWaits = waits.filter(
      (w) => w.opens.includes(call) && readField(model, layout, records, offset, w.pc) === w.at,
    );
    let lateReference = 0;
    for (let steps = 1; ; steps++) {
      if (!interpreter.step(now, 0, call.task)) return { uncleanUnwind: 0, lateReference };
      if (
        lateReference === 0 &&
        activeWaits.some(
          (w) =>
            readField(model, layout, interpreter.next, 0, w.counter) >
            readField(model, layout, now, 0, w.counter),
        )
      )
        lateReference = steps;
      now.set(interpreter.next);
      const at = readField(model, layout, now, 0, pc);
      if (at >= call.start && at < call.end) {
        if (steps > 10_000) return { uncleanUnwind: 0, lateReference };
        continue;
      }
      const result = readField(model, layout, now, 0, call.result);
      const failed = result > 0 && result <= call.errnos.length;
      if (
        !wanted.uncleanUnwind ||
        result > call.errnos.length ||
        !(failed || hasEffect(program, call))
      )
        return { uncleanUnwind: 0, lateReference };
      unpackState(model, layout, records, offset, before);
      unpackState(model, layout, now, 0, after);
      const changed = fieldsNotRestored(program, before, after).length > 0;
      return { uncleanUnwind: changed === failed ? steps : 0, lateReference };
    }
  };

  return {
    candidates,
    runAlone: (candidate, records, offset) => {
      const outcome = runAlone(candidate, records, offset);
      return outcome.uncleanUnwind === 0 && outcome.lateReference === 0 ? NO_VIOLATION : outcome;
    },
  };
}

/** The fields that the call reads or writes, the lifetimes of the objects that it writes, and `more`. */
function fieldsOfCall(program: Program, call: ProgramCall, more: readonly number[]): Set<number> {
  const fields = new Set(more);
  for (const step of program.tasks[call.task]!.steps.slice(call.start, call.end)) {
    const { reads, sets } = formOf(step);
    for (const field of reads) fields.add(field);
    for (const { field } of sets) {
      fields.add(field);
      const lifetime = program.objects[program.fields[field]!.object]?.lifetime;
      if (lifetime !== undefined) fields.add(lifetime);
    }
  }
  fields.delete(program.tasks[call.task]!.pc);
  return fields;
}
