import { enabled } from '../../kernel/machine/machine';
import { memoizeByKey } from './memoize';
import { callInFlight, type Snapshot } from './replay';

/** Names of the tasks that can step, in task order. Same object for the same snapshot. */
export const enabledTasks = memoizeByKey(({ program, state }: Snapshot): readonly string[] =>
  enabled(program, state).flatMap((index) => program.tasks[index]?.name ?? []),
);

/** The enabled task that sequential playback moves next: the last one if it is in a call, else one in a call, else the first. */
export function nextTask(snapshot: Snapshot): string | undefined {
  const { program, task } = snapshot;
  const names = enabledTasks(snapshot);
  const last = task === undefined ? undefined : program.tasks[task];
  if (last && names.includes(last.name) && callInFlight(snapshot, last.index)) return last.name;
  const inCall = program.tasks.find(
    ({ name, index }) => names.includes(name) && callInFlight(snapshot, index),
  );
  return inCall?.name ?? names[0];
}
