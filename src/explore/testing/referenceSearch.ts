import { evaluate } from '../../kernel/language/expressions';
import { isEnabled, initialState, step } from '../../kernel/machine/machine';
import type { Program } from '../../kernel/compiler/program';
import type { Statement } from '../../kernel/language/statements';
import { propertyBit } from '../engines/model';
import type { StateProperty } from '../engines/stateProperties';

/** What a search of the reference engine found; the others must find the same. */
export interface ReferenceSearchResult {
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  /** Broken properties, as a mask of `propertyBit`. */
  readonly violated: number;
  /** States in which no task can move. */
  readonly terminalStates: number;
  readonly complete: boolean;
}

/** Explores with the kernel machine itself, one whole state per map entry: slow and obviously right. `atEnd` is called while all it holds is still held. */
export function referenceSearch(
  program: Program,
  rules: readonly StateProperty[],
  maxStates: number,
  atEnd: () => void = () => {},
): ReferenceSearchResult {
  const width = program.fields.length;
  const keyOf = (state: Int32Array): string => state.subarray(0, width).join();
  const start = initialState(program);
  const seen = new Set([keyOf(start)]);
  const brokenIn = (state: Int32Array): number =>
    rules.reduce(
      (mask, rule) =>
        evaluate(rule.violatedWhen, state) === 0 ? mask : mask | (1 << propertyBit(rule.property)),
      0,
    );
  let broken = brokenIn(start);
  let layer = [start];
  let transitions = 0;
  let depth = 0;
  let stuck = 0;
  while (layer.length > 0) {
    const next: Int32Array[] = [];
    for (const state of layer) {
      let moved = 0;
      for (const task of program.tasks) {
        if (!isEnabled(program, state, task.index)) continue;
        moved++;
        const after = state.slice();
        const pc = state[task.pc] ?? 0;
        broken |= violationsOfBody(task.steps[pc]?.body ?? [], state.slice()).bits;
        step(program, after, task.index);
        const key = keyOf(after);
        if (seen.has(key)) continue;
        seen.add(key);
        broken |= brokenIn(after);
        next.push(after);
      }
      transitions += moved;
      if (moved === 0) stuck++;
      if (seen.size <= maxStates) continue;
      atEnd();
      return {
        states: seen.size,
        transitions,
        depth,
        violated: broken,
        terminalStates: stuck,
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
    violated: broken,
    terminalStates: stuck,
    complete: true,
  };
}

/** The rules that a body breaks while it runs on `state`, which it changes. */
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
