import { enabled } from '../../kernel/machine/machine';
import { callInFlight, type Snapshot } from './replay';

const enabledTasksCache = new WeakMap<Snapshot, readonly string[]>();

/** Names of the tasks that can step at a frame, in task order. */
export function enabledTasks(frame: Snapshot): readonly string[] {
  const known = enabledTasksCache.get(frame);
  if (known) return known;
  const names = enabled(frame.program, frame.state).flatMap(
    (index) => frame.program.tasks[index]?.name ?? [],
  );
  enabledTasksCache.set(frame, names);
  return names;
}

/** The task that sequential order moves next: whoever is in a call and moved last, then whoever is in a call, then the first. */
export function nextTask(frame: Snapshot): string | undefined {
  const names = enabledTasks(frame);
  const last = frame.task === undefined ? undefined : frame.program.tasks[frame.task];
  if (last && names.includes(last.name) && callInFlight(frame, last.index)) return last.name;
  const inFlight = frame.program.tasks.find(
    (task) => names.includes(task.name) && callInFlight(frame, task.index),
  );
  return inFlight?.name ?? names[0];
}
