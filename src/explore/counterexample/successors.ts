import type { Search } from '../search/search';
import { TASK_BLOCKED, STATE_UNKNOWN } from '../engines/engine';
import { findState } from '../engines/stateStore';
import type { Successors } from '../engines/engine';

/** Expands stored states again: with the engine's own successors, else with the interpreter. */
export function makeSuccessors({ model, engine, ...search }: Search): Successors {
  if (engine.successors) return engine.successors();
  const tasks = model.actions.length;
  const batch = 1024;
  const next = new Int32Array(batch * tasks);
  const violated = new Int32Array(batch * tasks);
  const permutedTask = new Int32Array(batch * tasks);
  const interpreter = search.interpreter();
  const { symmetry, ampleTask } = search.reduction;
  return {
    tasks,
    batch,
    expand: (from, to) => {
      const store = engine.store();
      for (let state = from, at = 0; state < to; state++) {
        const ample = ampleTask?.(store.records, state * store.stride) ?? -1;
        for (let task = 0; task < tasks; task++, at++) {
          if (
            (ample < 0 || ample === task) &&
            interpreter.step(store.records, state * store.stride, task)
          ) {
            violated[at] = interpreter.violationsAfterStep();
            if (symmetry) {
              symmetry.canonicalize(interpreter.next, 0);
              permutedTask[at] = symmetry.taskPermutation()[task]!;
            }
            const found = findState(store, interpreter.next, 0);
            next[at] = found < 0 ? STATE_UNKNOWN : found;
          } else {
            next[at] = TASK_BLOCKED;
            violated[at] = 0;
          }
        }
      }
    },
    next: () => next,
    violated: () => violated,
    ...(symmetry ? { permutedTask: () => permutedTask } : {}),
  };
}
