import type { SharedLayout } from '../../../graph/layout/sharedLayout';
import type { ComparedRun } from '../../../session/queries/compareDesigns';
import type { SharedTimeline } from '../../../session/queries/sharedTimeline';
import { memoizeByKey } from '../../../session/trace/memoize';
import { snapshotAt } from '../../../session/trace/replay';
import { nodesOfPath } from '../../stage/scene';

/** Stages have common places if at least this fraction of their objects is in both: else the gaps for the objects of the others make each small. */
const MIN_SHARED_FRACTION = 0.7;

/** The common layout of each run of a comparison: same object for runs whose stages have the same objects at the same places. */
export const sharedLayoutsOf = memoizeByKey(
  ({ runs }: SharedTimeline): ReadonlyMap<ComparedRun, SharedLayout> => {
    const groups: ComparedRun[][] = [];
    // The run with most objects first: the others leave gaps in its layout, and add little to it.
    for (const run of runs.toSorted(
      (a, b) => nodesOfPath(b.path).size - nodesOfPath(a.path).size,
    )) {
      const group = groups.find(
        ([first]) => first && sharedFraction(first, run) >= MIN_SHARED_FRACTION,
      );
      if (group) group.push(run);
      else groups.push([run]);
    }
    return new Map(
      groups.flatMap((group) => {
        const layout: SharedLayout = {
          nodes: new Set(group.flatMap(({ path }) => [...nodesOfPath(path)])),
          programs: group.flatMap(({ path }) =>
            path.slice(-1).map((tip) => snapshotAt(tip).program),
          ),
        };
        return group.map((run): [ComparedRun, SharedLayout] => [run, layout]);
      }),
    );
  },
);

function sharedFraction(a: ComparedRun, b: ComparedRun): number {
  const [inA, inB] = [nodesOfPath(a.path), nodesOfPath(b.path)];
  const both = [...inA].filter((id) => inB.has(id)).length;
  return both / (inA.size + inB.size - both);
}
