import type { InputError } from '../../scenario/format/scenario';
import { unreachedFaults } from '../../scenario/run/unreachedFaults';
import { memoizeByKey } from './memoize';
import { snapshotAt, type Snapshot } from './replay';
import { enabledTasks } from './scheduler';
import { pathTo } from './traceTree';

/** The faults that a finished run has not reached. Empty while a task can step, and in a modified design. */
export const unreachedFaultsAt = memoizeByKey((snapshot: Snapshot): readonly InputError[] => {
  const { node, program } = snapshot;
  if (node.setup.mutations || enabledTasks(snapshot).length > 0) return [];
  return unreachedFaults(
    program,
    pathTo(node).flatMap((each) => {
      const { step, program: ownProgram, events } = snapshotAt(each);
      return step ? [{ call: ownProgram.calls[step.call]!.call, events }] : [];
    }),
  );
});
