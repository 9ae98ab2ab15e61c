import type { Program } from '../../kernel/compiler/program';

/** The name of a task by its index. */
export function taskName(program: Program, task: number): string {
  return program.tasks[task]?.name ?? String(task);
}
