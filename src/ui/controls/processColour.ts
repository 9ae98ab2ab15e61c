import { processOf, type World } from '../../kernel/language/world';

/** The colour token of a process by index; -1 is the driver. */
export function processColourAt(process: number): string {
  return process < 0 ? 'var(--proc-driver)' : `var(--proc-${(process % 8) + 1})`;
}

/** The colour token of the process that a task belongs to. */
export function processColour(world: World, task: string): string {
  return processColourAt(world.processes.indexOf(processOf(task)));
}
