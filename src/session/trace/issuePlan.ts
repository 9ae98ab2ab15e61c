import { callStatus } from '../../kernel/machine/machine';
import { processOf, type Call } from '../../kernel/language/world';
import { callInFlight, type Snapshot } from './replay';

/** A task name that the scenario format admits, and how many there may be. */
const MAX_TASKS = 8;

const MAX_CALLS = 64;

/** What a call's task and place in the list would be, or why it cannot be made now. */
export type IssuePlan =
  | { readonly kind: 'ready'; readonly call: Call; readonly at: number }
  | { readonly kind: 'refused'; readonly reason: string };

/** Finds a free thread of the caller's process for a call. */
export function planIssue(frame: Snapshot, wanted: Call): IssuePlan {
  const { program } = frame;
  if (program.calls.length >= MAX_CALLS)
    return {
      kind: 'refused',
      reason: `A run has at most ${MAX_CALLS} calls. Reset it, or undo some.`,
    };
  const task = idleTaskName(frame, processOf(wanted.by));
  const tasks = new Set(program.calls.map(({ call }) => call.by));
  if (!tasks.has(task) && tasks.size >= MAX_TASKS) {
    return {
      kind: 'refused',
      reason: `Every thread of ${processOf(wanted.by)} is in a call, and a run has at most ${MAX_TASKS} tasks. Let a call end first.`,
    };
  }
  const call = { ...wanted, by: task };
  const at = program.calls.findIndex(
    (each) => each.call.by === task && callStatus(program, frame.state, each.index) === 'waiting',
  );
  return { kind: 'ready', call, at: at < 0 ? program.calls.length : at };
}

/** The first thread of a process that is not in a call: `qemu`, else `qemu/2`, `qemu/3`, … */
function idleTaskName(frame: Snapshot, process: string): string {
  for (let thread = 1; ; thread += 1) {
    const name = thread === 1 ? process : `${process}/${thread}`;
    const task = frame.program.tasks.find((each) => each.name === name);
    if (!task || !callInFlight(frame, task.index)) return name;
  }
}
