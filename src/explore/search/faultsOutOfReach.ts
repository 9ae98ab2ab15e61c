import { isEnabled, makeEventBuffer, readEvents, step } from '../../kernel/machine/machine';
import type { ProgramCall } from '../../kernel/compiler/program';
import type { InputError } from '../../scenario/format/scenario';
import {
  callsWithFault,
  isFaultReached,
  unreachedFaultError,
} from '../../scenario/run/unreachedFaults';
import { statesMatching, unpackState } from '../engines/packedLayout';
import type { Search } from './search';

const BATCH = 16_384;

/** The faults that no explored state reaches, as errors of the scenario. Yields the number of states that it looked at. */
export function* faultsOutOfReach(search: Search): Generator<number, InputError[]> {
  const errors: InputError[] = [];
  for (const call of callsWithFault(search.model.program))
    if (!(yield* isReached(search, call)))
      errors.push(unreachedFaultError(call, 'in some interleaving'));
  return errors;
}

function* isReached(search: Search, { index, call }: ProgramCall): Generator<number, boolean> {
  const {
    model: { program },
    layout,
    engine,
    reduction: { symmetry },
  } = search;
  const count = engine.count();
  const events = makeEventBuffer();
  // Under symmetry the images of a state show its calls as calls of another task.
  const alike = program.calls.filter(
    (c) =>
      c.index === index || (symmetry && c.call.call === call.call && c.call.fault === call.fault),
  );
  const found = new Int32Array(BATCH);
  for (const { index: shown, task } of alike) {
    const { steps, pc } = program.tasks[task]!;
    const atFault = steps.map((s) => (s.call === shown && s.id === call.fault ? s : undefined));
    const pcBits = layout.bitFieldOf.get(pc)!;
    const wanted = pcBits.table!.map((value) => atFault[value]);
    for (let from = 0; from < count; from += BATCH) {
      const to = Math.min(count, from + BATCH);
      const { records, stride } = engine.store();
      for (const at of statesMatching(records, stride, from, to, pcBits, wanted, found)) {
        const state = new Int32Array(program.fields.length + program.tasks.length);
        unpackState(search.model, layout, records, at * stride, state);
        if (!isEnabled(program, state, task)) continue;
        step(program, state, task, events);
        if (isFaultReached(readEvents(program, events))) return true;
      }
      yield to - from;
    }
  }
  return false;
}
