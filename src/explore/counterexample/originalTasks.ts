import type { Search } from '../search/search';

/**
 * Maps a schedule of the stored states to the tasks of the scenario. Under symmetry a stored state is the canonical state of
 * its orbit, so every step may exchange tasks; this undoes the exchanges. The last `tail` tasks run without any exchange.
 */
export function originalTasks(
  { model, layout, interpreter, reduction: { symmetry } }: Search,
  schedule: readonly number[],
  tail = 0,
): number[] {
  if (!symmetry) return [...schedule];
  const original: number[] = [];
  const words = layout.initial.slice();
  // By task of the stored state: the task of the scenario.
  let originalOf = model.program.tasks.map((t) => t.index);
  const stepper = interpreter();
  for (const [i, task] of schedule.entries()) {
    original.push(originalOf[task]!);
    if (i >= schedule.length - tail) continue;
    if (!stepper.step(words, 0, task))
      throw new Error(`step ${i} of a schedule under symmetry is not enabled`);
    words.set(stepper.next);
    symmetry.canonicalize(words, 0);
    const permutation = symmetry.taskPermutation();
    const next: number[] = [];
    originalOf.forEach((name, at) => {
      next[permutation[at]!] = name;
    });
    originalOf = next;
  }
  return original;
}
