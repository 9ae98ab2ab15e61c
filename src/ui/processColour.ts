import { processOf, type World } from '../kernel/language/world';

/** The colour token of a task's process: the same wherever it acts. */
export function processColour(world: World, task: string): string {
  const index = world.processes.indexOf(processOf(task));
  return index < 0 ? 'var(--proc-driver)' : `var(--proc-${(index % 8) + 1})`;
}
