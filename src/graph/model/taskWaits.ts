import { waitBlockers, waitText } from '../../kernel/machine/describeEvent';
import type { Program, Wait } from '../../kernel/compiler/program';
import type { TaskRef } from './graph';

/** The reference to a task by its index. Throws if there is none. */
export function taskRef(program: Program, index: number): TaskRef {
  const task = program.tasks[index];
  if (!task) throw new Error(`no task ${index}`);
  return { name: task.name, process: program.world.processes.indexOf(task.process) };
}

/** What a task waits for, and which tasks block it: `waits for dev_set s0.lock, held by dpdk`. */
export function describeWait(program: Program, state: Int32Array, wait: Wait): string {
  const blockers = waitBlockers(program, state, wait).join(', ');
  const target = waitText(program, wait);
  if (wait.kind === 'name') return `needs ${target} from ${blockers}`;
  if (blockers === '' || wait.kind === 'end') return `waits for ${target}`;
  return wait.kind === 'mutex'
    ? `waits for ${target}, held by ${blockers}`
    : `waits for ${target}, blocked by ${blockers}`;
}
