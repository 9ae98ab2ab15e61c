import type { Search } from './search';
import { findState } from './store';

/** `next` where the task cannot move. */
export const BLOCKED = -1;
/** `next` where the successor is not among the stored states (the search stopped before it). */
export const UNKNOWN = -2;

/** Expands stored states again, after the search: what `expand` last wrote is read at `(state - from) * tasks + task`. */
export interface Successors {
  readonly tasks: number;
  /** Most states in one call. */
  readonly batch: number;
  readonly expand: (from: number, to: number) => void;
  /** Numbers of the successors, `BLOCKED` or `UNKNOWN`. Read it anew after every `expand`. */
  readonly next: () => Int32Array;
  /** Properties that the transition breaks, as a mask of `propertyBit`. */
  readonly broken: () => Int32Array;
}

/** Expands by the interpreter; serves either engine's store. */
export function makeSuccessors({ model, engine, ...search }: Search): Successors {
  const tasks = model.actions.length;
  const batch = 1024;
  const next = new Int32Array(batch * tasks);
  const broken = new Int32Array(batch * tasks);
  const interpreter = search.interpreter();
  return {
    tasks, batch,
    expand: (from, to) => {
      const store = engine.store();
      for (let state = from, at = 0; state < to; state++) {
        for (let task = 0; task < tasks; task++, at++) {
          if (interpreter.step(store.records, state * store.stride, task)) {
            const found = findState(store, interpreter.next, 0);
            next[at] = found < 0 ? UNKNOWN : found;
            broken[at] = interpreter.broken();
          } else {
            next[at] = BLOCKED;
            broken[at] = 0;
          }
        }
      }
    },
    next: () => next,
    broken: () => broken,
  };
}
