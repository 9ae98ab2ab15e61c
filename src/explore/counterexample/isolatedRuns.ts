import { fieldsRead } from '../../kernel/language/expressions';
import type { Program, ProgramCall } from '../../kernel/compiler/program';
import { cleanUnwind, fieldsNotRestored } from '../../kernel/properties/cleanUnwind';
import { callsRaisingCounter, unregisterWaits } from '../../kernel/properties/unregisterLive';
import { eachStatement } from '../../kernel/language/statements';
import { readField, statesMatching, unpackState } from '../engines/packedLayout';
import type { BitField } from '../engines/packedLayout';
import { makeStateProjection } from '../search/stateProjection';
import type { StateProjection } from '../search/stateProjection';
import type { Search } from '../search/search';
import { depthInLayers } from './shortestSchedules';
import type { Goal } from './shortestSchedules';

/** What running one call undisturbed from its begin to its end shows. */
interface IsolatedOutcome {
  /** Steps after which it has failed and left something changed; 0 when it does not. */
  readonly unclean: number;
  /** Steps after which it has taken a reference although registration was withdrawn before it began; 0 when it does not. */
  readonly late: number;
}

/** Goals of the two properties that are decided by running calls undisturbed. */
export interface IsolatedRunGoals {
  readonly unclean: Goal[];
  readonly late: Goal[];
}

/** One call under study; states with the same projection run it alike. */
interface IsolatedCall {
  readonly call: ProgramCall;
  readonly projection: StateProjection;
  /** By the number of the projection. */
  readonly outcomes: IsolatedOutcome[];
}

/**
 * Runs, from every state in which a call is about to begin, that call alone to its end. States that agree on what the
 * call reads and writes count as one.
 */
export function* isolatedRunGoals(
  search: Search,
  layers: readonly number[],
  wanted: { readonly unclean: boolean; readonly late: boolean },
): Generator<number, IsolatedRunGoals> {
  const { model, layout, engine } = search;
  const { program } = model;
  const solo = makeIsolatedRunner(search, {
    unclean: wanted.unclean && cleanUnwind.appliesTo(program),
    late: wanted.late,
  });
  const goals: IsolatedRunGoals = { unclean: [], late: [] };
  const best = { unclean: Infinity, late: Infinity };
  if (solo.candidates.length === 0) return goals;
  const byTask = model.pcs
    .map((pc, task) => ({
      task,
      slot: layout.bitFieldOf.get(pc)!,
      at: new Map(
        solo.candidates.filter((c) => c.call.task === task).map((c) => [c.call.start, c]),
      ),
    }))
    .filter((t) => t.at.size > 0)
    .map((t) => ({ ...t, starts: t.slot.table!.map((pc) => t.at.get(pc)) }));
  const keep = (kind: 'unclean' | 'late', state: number, steps: number, task: number): void => {
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
    for (const { task, slot, starts } of byTask) {
      visitViolations(
        statesMatching(records, stride, from, to, slot, starts, found),
        records,
        stride,
        slot,
        starts,
        solo.runAlone,
        (state, { unclean, late }) => {
          keep('unclean', state, unclean, task);
          keep('late', state, late, task);
        },
      );
    }
    yield to - from;
  }
  return goals;
}

/** The hot loop, in a function of its own that is there once for all checks: compilers forget closures with the check that made them. */
function visitViolations(
  states: Int32Array,
  records: Int32Array,
  stride: number,
  slot: BitField,
  starts: readonly (IsolatedCall | undefined)[],
  runAlone: IsolatedRunner['runAlone'],
  show: (state: number, outcome: IsolatedOutcome) => void,
): void {
  const { word, shift, mask } = slot;
  for (let i = 0; i < states.length; i++) {
    const place = states[i]! * stride;
    const candidate = starts[(records[place + word]! >>> shift) & mask]!;
    const number = candidate.projection.numberOf(records, place);
    const { outcomes } = candidate;
    if (number === outcomes.length) outcomes.push(runAlone(candidate, records, place));
    const outcome = outcomes[number]!;
    if (outcome !== NO_VIOLATION) show(states[i]!, outcome);
  }
}

interface IsolatedRunner {
  readonly candidates: readonly IsolatedCall[];
  /** `NOTHING` when there is nothing to see. */
  readonly runAlone: (
    candidate: IsolatedCall,
    records: Int32Array,
    place: number,
  ) => IsolatedOutcome;
}

const NO_VIOLATION: IsolatedOutcome = { unclean: 0, late: 0 };

function makeIsolatedRunner(
  { model, layout, ...search }: Search,
  wanted: { readonly unclean: boolean; readonly late: boolean },
): IsolatedRunner {
  const { program } = model;
  const waits = wanted.late
    ? unregisterWaits(program).map((w) => ({
        ...w,
        opens: callsRaisingCounter(program, w),
        at: w.pc,
        pc: model.pcs[w.task]!,
      }))
    : [];
  const candidates = program.calls
    .filter(
      (c) => (wanted.unclean && c.errnos.length > 0) || waits.some((w) => w.opens.includes(c)),
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
  const full = (): Int32Array => new Int32Array(program.fields.length + program.tasks.length);
  const before = full();
  const after = full();

  const runAlone = (
    { call }: IsolatedCall,
    records: Int32Array,
    place: number,
  ): IsolatedOutcome => {
    for (let i = 0; i < layout.words; i++) now[i] = records[place + i]!;
    const pc = model.pcs[call.task]!;
    const standing = waits.filter(
      (w) => w.opens.includes(call) && readField(model, layout, records, place, w.pc) === w.at,
    );
    let late = 0;
    for (let steps = 1; ; steps++) {
      if (!interpreter.step(now, 0, call.task)) return { unclean: 0, late };
      if (
        late === 0 &&
        standing.some(
          (w) =>
            readField(model, layout, interpreter.next, 0, w.counter) >
            readField(model, layout, now, 0, w.counter),
        )
      )
        late = steps;
      now.set(interpreter.next);
      const at = readField(model, layout, now, 0, pc);
      if (at >= call.start && at < call.end) {
        if (steps > 10_000) return { unclean: 0, late };
        continue;
      }
      const result = readField(model, layout, now, 0, call.result);
      if (!wanted.unclean || result === 0 || result > call.errnos.length)
        return { unclean: 0, late };
      unpackState(model, layout, records, place, before);
      unpackState(model, layout, now, 0, after);
      return { unclean: fieldsNotRestored(program, before, after).length > 0 ? steps : 0, late };
    }
  };

  return {
    candidates,
    runAlone: (candidate, records, place) => {
      const outcome = runAlone(candidate, records, place);
      return outcome.unclean === 0 && outcome.late === 0 ? NO_VIOLATION : outcome;
    },
  };
}

/** The fields that the call reads or writes, the lives of the objects that it writes, and some more. */
function fieldsOfCall(program: Program, call: ProgramCall, more: readonly number[]): Set<number> {
  const fields = new Set(more);
  const add = (field: number): void => {
    fields.add(field);
  };
  for (const step of program.tasks[call.task]!.steps.slice(call.start, call.end)) {
    fieldsRead(step.guard, add);
    eachStatement(step.body, (s) => {
      if (s.op === 'if') fieldsRead(s.cond, add);
      if (s.op !== 'set') return;
      fieldsRead(s.value, add);
      add(s.field);
      const life = program.objects[program.fields[s.field]!.object]?.lifetime;
      if (life !== undefined) add(life);
    });
  }
  fields.delete(program.tasks[call.task]!.pc);
  return fields;
}
