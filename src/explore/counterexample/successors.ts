import type { Search } from '../search/search';
import { TASK_BLOCKED, STATE_UNKNOWN, findState } from '../engines/stateStore';
import type { Successors } from '../engines/stateStore';

/** A way to expand stored states again: the engine's own, else the interpreter. */
export function makeSuccessors({ model, engine, ...search }: Search): Successors {
  if (engine.successors) return engine.successors();
  const tasks = model.actions.length;
  const batch = 1024;
  const next = new Int32Array(batch * tasks);
  const broken = new Int32Array(batch * tasks);
  const landed = new Int32Array(batch * tasks);
  const interpreter = search.interpreter();
  const { symmetry, ampleTask: only } = search.reduction;
  return {
    tasks,
    batch,
    expand: (from, to) => {
      const store = engine.store();
      for (let state = from, at = 0; state < to; state++) {
        const chosen = only?.(store.records, state * store.stride) ?? -1;
        for (let task = 0; task < tasks; task++, at++) {
          if (
            (chosen < 0 || chosen === task) &&
            interpreter.step(store.records, state * store.stride, task)
          ) {
            broken[at] = interpreter.violationsAfterStep();
            if (symmetry) {
              symmetry.canonicalize(interpreter.next, 0);
              landed[at] = symmetry.taskPermutation()[task]!;
            }
            const found = findState(store, interpreter.next, 0);
            next[at] = found < 0 ? STATE_UNKNOWN : found;
          } else {
            next[at] = TASK_BLOCKED;
            broken[at] = 0;
          }
        }
      }
    },
    next: () => next,
    violated: () => broken,
    ...(symmetry ? { permutedTask: () => landed } : {}),
  };
}
