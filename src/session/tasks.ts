import { waitHolders, waitText } from '../kernel/describe';
import { callAt, canMove, nextStep, waitOf } from '../kernel/machine';
import type { ProgramCall, Step, Wait } from '../kernel/program';
import { callInFlight, type Frame } from './frame';

/** What a task does now. */
export interface TaskNow {
  readonly index: number;
  readonly name: string;
  readonly process: string;
  /** The call that it is in. */
  readonly call: ProgramCall | undefined;
  /** The call of its list that it would begin next; undefined while it is in one and when it has made them all. */
  readonly upcoming: ProgramCall | undefined;
  readonly next: Step | undefined;
  readonly canStep: boolean;
  readonly wait: WaitNow | undefined;
}

/** Why a task cannot go on. */
export interface WaitNow {
  readonly wait: Wait;
  /** `devset s0.lock`, `vfio0.comp`, or the name that is to be made. */
  readonly what: string;
  /** Who keeps it waiting: tasks or objects. */
  readonly by: readonly string[];
}

const memo = new WeakMap<Frame, readonly TaskNow[]>();

/** Every task of the frame's program, in task order. */
export function tasksOf(frame: Frame): readonly TaskNow[] {
  const known = memo.get(frame);
  if (known) return known;
  const { program, state } = frame;
  const tasks = program.tasks.map(({ index, name, process }): TaskNow => {
    const call = callInFlight(frame, index);
    return {
      index,
      name,
      process,
      call,
      upcoming: call ? undefined : callAt(program, state, index),
      next: nextStep(program, state, index),
      canStep: canMove(program, state, index),
      wait: waitNow(frame, index),
    };
  });
  memo.set(frame, tasks);
  return tasks;
}

function waitNow({ program, state }: Frame, task: number): WaitNow | undefined {
  const wait = waitOf(program, state, task);
  return wait && { wait, what: waitText(program, wait), by: waitHolders(program, state, wait) };
}

/** One sentence: `waits for devset s0.lock, held by qemu`. */
export function waitSentence({ wait, what, by }: WaitNow): string {
  const verb = wait.kind === 'name' ? 'to be made by' : 'held by';
  return `waits for ${what}${by.length > 0 ? `, ${verb} ${by.join(', ')}` : ''}`;
}
