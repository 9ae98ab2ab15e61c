import { waitBlockers, waitText } from '../../kernel/machine/describeEvent';
import type { Program, Wait } from '../../kernel/compiler/program';
import type { TaskRef } from './graph';

/** A task with the number of its process, which gives colour and shape; -1 for the kernel's drivers. */
export function taskRef(program: Program, task: number): TaskRef {
  const found = program.tasks[task];
  if (!found) throw new Error(`no task ${task}`);
  return { name: found.name, process: program.world.processes.indexOf(found.process) };
}

/** What a task waits for, and who keeps it: `dev_set s0.lock, held by dpdk`. */
export function describeWait(program: Program, state: Int32Array, wait: Wait): string {
  const who = waitBlockers(program, state, wait).join(', ');
  const what = waitText(program, wait);
  if (wait.kind === 'name') return `needs ${what} from ${who}`;
  if (who === '') return `waits for ${what}`;
  return wait.kind === 'mutex'
    ? `waits for ${what}, held by ${who}`
    : `waits for ${what}, kept by ${who}`;
}
