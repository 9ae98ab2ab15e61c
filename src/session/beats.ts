import { tellBeats } from '../scenario/narration';
import type { Beat } from '../scenario/scenario';
import { branchMoments, frameOf } from './frame';
import type { SessionState } from './session';
import type { Moment } from './trail';

type Standing = Pick<SessionState, 'run'>;

const memo = new WeakMap<readonly Moment[], readonly (Beat | undefined)[]>();

/** What the scenario's narration says at each depth of the branch on screen, if anything. */
export function branchBeats(state: Standing): readonly (Beat | undefined)[] {
  const moments = branchMoments(state);
  const known = memo.get(moments);
  if (known) return known;
  const steps = moments.map((moment) => {
    const { program, task, step } = frameOf(moment);
    return { by: program.tasks[task ?? -1]?.name, at: step?.id };
  });
  const beats = tellBeats(state.run.setup.scenario.beats, steps);
  memo.set(moments, beats);
  return beats;
}

/** What the narration says of the last move. */
export function currentBeat(state: Standing): Beat | undefined {
  return branchBeats(state)[state.run.cursor];
}

/** What the narration said last: at the cursor or before it. */
export function lastBeat(state: Standing): Beat | undefined {
  return branchBeats(state)
    .slice(0, state.run.cursor + 1)
    .findLast((beat) => beat !== undefined);
}

/** The depth of the next beat, or of the last one before the cursor; the end or the beginning where there is none. */
export function beatFrom(state: Standing, direction: 1 | -1): number {
  const { cursor } = state.run;
  const beats = branchBeats(state);
  if (direction < 0)
    return Math.max(
      0,
      beats.slice(0, cursor).findLastIndex((beat) => beat !== undefined),
    );
  const next = beats.findIndex((beat, depth) => depth > cursor && beat !== undefined);
  return next < 0 ? beats.length - 1 : next;
}
