import type { PropertyId } from '../../kernel/language/propertyId';
import { stuckUnregister } from '../../kernel/properties/unregisterLive';
import { waitCycles } from '../../kernel/properties/noDeadlock';
import { makeSuccessors } from '../counterexample/successors';
import { propertyBit } from '../engines/model';
import { unpackState } from '../engines/packedLayout';
import type { Search } from '../search/search';

/** All states and edges of a model, for one property. `next[state * tasks + task]` is negative if the task is blocked. */
export interface StepGraph {
  readonly states: number;
  readonly tasks: number;
  readonly next: Int32Array;
  /** 1 for an edge whose step violates the property. */
  readonly violates: Uint8Array;
  /** 1 for a state without edges that violates the property: a call can never return. */
  readonly badEnd: Uint8Array;
}

/** Expands every state of a complete search. */
export function* stepGraph(search: Search, property: PropertyId): Generator<number, StepGraph> {
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
