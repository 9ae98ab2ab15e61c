import type { Caption } from '../../scenario/format/scenario';
import { assignCaptions } from '../../scenario/run/captions';
import { memoizeByKey } from '../trace/memoize';
import { branchPath, snapshotAt } from '../trace/replay';
import type { WithRun } from '../trace/run';
import type { TraceNode } from '../trace/traceTree';

const captionsOfPath = memoizeByKey(
  (path: readonly TraceNode[]): readonly (Caption | undefined)[] => {
    const steps = path.map((node) => {
      const { program, task, step } = snapshotAt(node);
      return { by: program.tasks[task ?? -1]?.name, at: step?.id };
    });
    return assignCaptions(path[0]?.setup.scenario.beats ?? [], steps);
  },
);

/** The caption at each depth of the branch on screen, if there is one. */
export function branchCaptions(state: WithRun): readonly (Caption | undefined)[] {
  return captionsOfPath(branchPath(state));
}

/** The caption at the cursor. */
export function currentCaption(state: WithRun): Caption | undefined {
  return branchCaptions(state)[state.run.cursor];
}

/** The last caption at the cursor or before it. */
export function latestCaption(state: WithRun): Caption | undefined {
  return branchCaptions(state)
    .slice(0, state.run.cursor + 1)
    .findLast((caption) => caption !== undefined);
}

/** The depth of the next or previous caption; the end or the start of the branch if there is none. */
export function adjacentCaptionDepth(state: WithRun, direction: 1 | -1): number {
  const { cursor } = state.run;
  const captions = branchCaptions(state);
  if (direction < 0)
    return Math.max(
      0,
      captions.slice(0, cursor).findLastIndex((caption) => caption !== undefined),
    );
  const next = captions.findIndex((caption, depth) => depth > cursor && caption !== undefined);
  return next < 0 ? captions.length - 1 : next;
}
