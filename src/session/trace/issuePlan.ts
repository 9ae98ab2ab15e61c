import { processOf, type Call } from '../../kernel/language/world';
import { callStatus } from '../../kernel/machine/machine';
import { LIMITS } from '../../scenario/format/limits';
import { callInFlight, type Snapshot } from './replay';

/** A call with its task and its index in the call list, or why it cannot be made now. */
export type IssuePlan =
  | { readonly kind: 'ready'; readonly call: Call; readonly at: number }
  | { readonly kind: 'refused'; readonly reason: string };

/** Assigns a call to an idle thread of the caller's process. */
export function planIssue(snapshot: Snapshot, wanted: Call): IssuePlan {
  const { program, state } = snapshot;
  if (program.calls.length >= LIMITS.calls)
    return {
      kind: 'refused',
      reason: `A run has at most ${LIMITS.calls} calls. Undo some calls first.`,
    };
  const process = processOf(wanted.by);
  if (hasExited(snapshot, process)) return { kind: 'refused', reason: `${process} has exited.` };
  const task = idleTaskName(snapshot, process);
  const tasks = new Set(program.calls.map(({ call }) => call.by));
  if (!tasks.has(task) && tasks.size >= LIMITS.tasks)
    return {
      kind: 'refused',
      reason: `Every thread of ${process} is in a call, and a run has at most ${LIMITS.tasks} tasks. Let a call return first.`,
    };
  // Before the first call of this task that has not started: the program order of the task decides what runs next.
  const at = program.calls.findIndex(
    ({ call, index }) => call.by === task && callStatus(program, state, index) === 'waiting',
  );
  return { kind: 'ready', call: { ...wanted, by: task }, at: at < 0 ? program.calls.length : at };
}

/** Whether a process has begun to exit. */
export function hasExited({ program, state }: Snapshot, process: string): boolean {
  return program.calls.some(
    ({ call, index }) =>
      call.call === 'process_exit' &&
      processOf(call.by) === process &&
      callStatus(program, state, index) !== 'waiting',
  );
}

/** The first thread of a process that is not in a call: `qemu`, else `qemu/2`, `qemu/3`, … */
function idleTaskName(snapshot: Snapshot, process: string): string {
  for (let thread = 1; ; thread += 1) {
    const name = thread === 1 ? process : `${process}/${thread}`;
    const task = snapshot.program.tasks.find((each) => each.name === name);
    if (!task || !callInFlight(snapshot, task.index)) return name;
  }
}
