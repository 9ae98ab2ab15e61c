import { waitBlockers, waitText } from '../../kernel/machine/describeEvent';
import { currentCall, isEnabled, nextStep, currentWait } from '../../kernel/machine/machine';
import type { ProgramCall, Step, Wait } from '../../kernel/compiler/program';
import { callInFlight, type Snapshot } from '../trace/replay';

/** What a task does now. */
export interface TaskStatus {
  readonly index: number;
  readonly name: string;
  readonly process: string;
  /** The call that it is in. */
  readonly currentCall: ProgramCall | undefined;
  /** The call of its list that it would begin next; undefined while it is in one and when it has made them all. */
  readonly upcomingCall: ProgramCall | undefined;
  readonly nextStep: Step | undefined;
  readonly canStep: boolean;
  readonly wait: TaskWait | undefined;
}

/** Why a task cannot go on. */
export interface TaskWait {
  readonly wait: Wait;
  /** `devset s0.lock`, `vfio0.comp`, or the name that is to be made. */
  readonly resource: string;
  /** Who keeps it waiting: tasks or objects. */
  readonly heldBy: readonly string[];
}

const memo = new WeakMap<Snapshot, readonly TaskStatus[]>();

/** Every task of the frame's program, in task order. */
export function taskStatuses(frame: Snapshot): readonly TaskStatus[] {
  const known = memo.get(frame);
  if (known) return known;
  const { program, state } = frame;
  const tasks = program.tasks.map(({ index, name, process }): TaskStatus => {
    const call = callInFlight(frame, index);
    return {
      index,
      name,
      process,
      currentCall: call,
      upcomingCall: call ? undefined : currentCall(program, state, index),
      nextStep: nextStep(program, state, index),
      canStep: isEnabled(program, state, index),
      wait: taskWaitOf(frame, index),
    };
  });
  memo.set(frame, tasks);
  return tasks;
}

function taskWaitOf({ program, state }: Snapshot, task: number): TaskWait | undefined {
  const wait = currentWait(program, state, task);
  return (
    wait && { wait, resource: waitText(program, wait), heldBy: waitBlockers(program, state, wait) }
  );
}

/** One sentence: `waits for devset s0.lock, held by qemu`. */
export function waitSentence({ wait, resource: what, heldBy: by }: TaskWait): string {
  const verb = wait.kind === 'name' ? 'to be made by' : 'held by';
  return `waits for ${what}${by.length > 0 ? `, ${verb} ${by.join(', ')}` : ''}`;
}
