import type { ProgramCall, Step, Wait } from '../../kernel/compiler/program';
import { isStoreBufferFlush } from '../../kernel/compiler/storeBuffers';
import { waitBlockers, waitText } from '../../kernel/machine/describeEvent';
import { currentCall, currentWait, isEnabled, nextStep } from '../../kernel/machine/machine';
import { memoizeByKey } from '../trace/memoize';
import { callInFlight, type Snapshot } from '../trace/replay';

/** What a task is doing. */
export interface TaskStatus {
  readonly index: number;
  readonly name: string;
  readonly process: string;
  /** The call that it is in. */
  readonly currentCall: ProgramCall | undefined;
  /** The call that it starts next; undefined during a call and after the last one. */
  readonly upcomingCall: ProgramCall | undefined;
  readonly nextStep: Step | undefined;
  readonly canStep: boolean;
  readonly wait: TaskWait | undefined;
}

/** Why a task is blocked. */
export interface TaskWait {
  readonly wait: Wait;
  /** `devset s0.lock`, `vfio0.comp`, the name of a result that another call makes, or the call that must end first. */
  readonly resource: string;
  /** The tasks or objects that hold the resource. */
  readonly heldBy: readonly string[];
}

/** The status of every task, in task order. */
export const taskStatuses = memoizeByKey((snapshot: Snapshot): readonly TaskStatus[] => {
  const { program, state } = snapshot;
  return program.tasks.map(({ index, name, process }): TaskStatus => {
    const makesCalls = !isStoreBufferFlush(program, index);
    const call = makesCalls ? callInFlight(snapshot, index) : undefined;
    return {
      index,
      name,
      process,
      currentCall: call,
      upcomingCall: call || !makesCalls ? undefined : currentCall(program, state, index),
      nextStep: nextStep(program, state, index),
      canStep: isEnabled(program, state, index),
      wait: taskWaitOf(snapshot, index),
    };
  });
});

function taskWaitOf({ program, state }: Snapshot, task: number): TaskWait | undefined {
  const wait = currentWait(program, state, task);
  return (
    wait && { wait, resource: waitText(program, wait), heldBy: waitBlockers(program, state, wait) }
  );
}

/** The predicate of a sentence: `waits for devset s0.lock, held by qemu`. */
export function waitSentence({ wait, resource, heldBy }: TaskWait): string {
  if (wait.kind === 'end') return `waits for ${resource}`;
  const verb = wait.kind === 'name' ? 'a result of' : 'held by';
  return `waits for ${resource}${heldBy.length > 0 ? `, ${verb} ${heldBy.join(', ')}` : ''}`;
}
