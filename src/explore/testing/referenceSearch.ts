import { evaluate } from '../../kernel/language/expressions';
import { isEnabled, initialState, step } from '../../kernel/machine/machine';
import type { Program } from '../../kernel/compiler/program';
import type { Statement } from '../../kernel/language/statements';
import { propertyBit } from '../engines/model';
import type { StateProperty } from '../engines/stateProperties';

/** The result of the reference search. The engines must find the same. */
export interface ReferenceSearchResult {
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  /** Violated properties, as a mask of `propertyBit`. */
  readonly violated: number;
  /** Number of states in which no task is enabled. */
  readonly terminalStates: number;
  readonly complete: boolean;
}

/** Explores with the kernel machine itself and a set of unpacked states: slow and obviously correct. `atEnd` runs while everything is still in memory, for the bench. */
export function referenceSearch(
  program: Program,
  stateProperties: readonly StateProperty[],
  maxStates: number,
  atEnd: () => void = () => {},
): ReferenceSearchResult {
  const width = program.fields.length;
  const keyOf = (state: Int32Array): string => state.subarray(0, width).join();
  const start = initialState(program);
  const seen = new Set([keyOf(start)]);
  const violationsIn = (state: Int32Array): number =>
    stateProperties.reduce(
      (mask, property) =>
        evaluate(property.violatedWhen, state) === 0
          ? mask
          : mask | (1 << propertyBit(property.property)),
      0,
    );
  let violated = violationsIn(start);
  let layer = [start];
  let transitions = 0;
  let depth = 0;
  let terminalStates = 0;
  while (layer.length > 0) {
    const next: Int32Array[] = [];
    for (const state of layer) {
      let enabledCount = 0;
      for (const task of program.tasks) {
        if (!isEnabled(program, state, task.index)) continue;
        enabledCount++;
        const after = state.slice();
        const pc = state[task.pc] ?? 0;
        violated |= violationsOfBody(task.steps[pc]?.body ?? [], state.slice()).bits;
        step(program, after, task.index);
        const key = keyOf(after);
        if (seen.has(key)) continue;
        seen.add(key);
        violated |= violationsIn(after);
        next.push(after);
      }
      transitions += enabledCount;
      if (enabledCount === 0) terminalStates++;
      if (seen.size <= maxStates) continue;
      atEnd();
      return {
        states: seen.size,
        transitions,
        depth,
        violated,
        terminalStates,
        complete: false,
      };
    }
    layer = next;
    if (next.length > 0) depth++;
  }
  atEnd();
  return {
    states: seen.size,
    transitions,
    depth,
    violated,
    terminalStates,
    complete: true,
  };
}

/** The properties that a body violates while it runs on `state`, which it changes. */
function violationsOfBody(
  body: readonly Statement[],
  state: Int32Array,
): { readonly bits: number; readonly jumped: boolean } {
  let bits = 0;
  for (const s of body) {
    switch (s.op) {
      case 'emit':
        break;
      case 'jump':
        return { bits, jumped: true };
      case 'violate':
        bits |= 1 << propertyBit(s.property);
        break;
      case 'set':
        state[s.field] = evaluate(s.value, state);
        break;
      case 'if': {
        const inner = violationsOfBody(evaluate(s.cond, state) === 0 ? s.otherwise : s.then, state);
        bits |= inner.bits;
        if (inner.jumped) return { bits, jumped: true };
      }
    }
  }
  return { bits, jumped: false };
}
