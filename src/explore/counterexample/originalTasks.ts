import type { Search } from '../search/search';

/**
 * A schedule in the names of the stored states, told in the names of the scenario. Under symmetry a stored state stands for
 * all its images and every step may exchange tasks: the exchanges are undone one after the other. The last `tail` tasks run
 * on from one state without any exchange.
 */
export function originalTasks(
  { model, layout, interpreter, reduction: { symmetry } }: Search,
  schedule: readonly number[],
  tail = 0,
): number[] {
  if (!symmetry) return [...schedule];
  const real: number[] = [];
  const words = layout.initial.slice();
  // By task of the stored state: who it is.
  let who = model.program.tasks.map((t) => t.index);
  const steps = interpreter();
  for (const [i, task] of schedule.entries()) {
    real.push(who[task]!);
    if (i >= schedule.length - tail) continue;
    if (!steps.step(words, 0, task))
      throw new Error(`step ${i} of a schedule under symmetry cannot be made`);
    words.set(steps.next);
    symmetry.canonicalize(words, 0);
    const landed = symmetry.taskPermutation();
    const next: number[] = [];
    who.forEach((name, at) => {
      next[landed[at]!] = name;
    });
    who = next;
  }
  return real;
}
