import { assignCaptions } from '../../scenario/run/captions';
import type { Caption } from '../../scenario/format/scenario';
import { branchPath, snapshotAt } from '../trace/replay';
import type { WithRun } from '../trace/run';
import type { TraceNode } from '../trace/traceTree';

const memo = new WeakMap<readonly TraceNode[], readonly (Caption | undefined)[]>();

/** What the scenario's narration says at each depth of the branch on screen, if anything. */
export function branchCaptions(state: WithRun): readonly (Caption | undefined)[] {
  const moments = branchPath(state);
  const known = memo.get(moments);
  if (known) return known;
  const steps = moments.map((moment) => {
    const { program, task, step } = snapshotAt(moment);
    return { by: program.tasks[task ?? -1]?.name, at: step?.id };
  });
  const beats = assignCaptions(state.run.setup.scenario.beats, steps);
  memo.set(moments, beats);
  return beats;
}

/** What the narration says of the last move. */
export function currentCaption(state: WithRun): Caption | undefined {
  return branchCaptions(state)[state.run.cursor];
}

/** What the narration said last: at the cursor or before it. */
export function latestCaption(state: WithRun): Caption | undefined {
  return branchCaptions(state)
    .slice(0, state.run.cursor + 1)
    .findLast((beat) => beat !== undefined);
}

/** The depth of the next beat, or of the last one before the cursor; the end or the beginning where there is none. */
export function adjacentCaptionDepth(state: WithRun, direction: 1 | -1): number {
  const { cursor } = state.run;
  const beats = branchCaptions(state);
  if (direction < 0)
    return Math.max(
      0,
      beats.slice(0, cursor).findLastIndex((beat) => beat !== undefined),
    );
  const next = beats.findIndex((beat, depth) => depth > cursor && beat !== undefined);
  return next < 0 ? beats.length - 1 : next;
}
