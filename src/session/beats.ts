import type { Beat } from '../scenario/scenario';
import { branchMoments, frameOf, type Frame } from './frame';
import type { SessionState } from './session';
import type { Moment } from './trail';

/** The beat that a frame's step is told with. */
export function beatOf(frame: Frame): Beat | undefined {
  const { step, program, moment } = frame;
  if (!step) return undefined;
  const by = program.tasks[frame.task ?? -1]?.name;
  return moment.setup.scenario.beats.find((beat) => beat.at === step.id && (beat.by === undefined || beat.by === by));
}

const memo = new WeakMap<readonly Moment[], readonly number[]>();

/** The depths on the branch on screen that have a beat. */
export function beatDepths(state: Pick<SessionState, 'run'>): readonly number[] {
  const moments = branchMoments(state);
  const known = memo.get(moments);
  if (known) return known;
  const depths = moments.flatMap((moment) => (beatOf(frameOf(moment)) ? [moment.depth] : []));
  memo.set(moments, depths);
  return depths;
}

/** The beat that was told last before or at the cursor. */
export function lastBeat(state: Pick<SessionState, 'run'>): Beat | undefined {
  const moments = branchMoments(state);
  for (let depth = state.run.cursor; depth > 0; depth -= 1) {
    const moment = moments[depth];
    const beat = moment && beatOf(frameOf(moment));
    if (beat) return beat;
  }
  return undefined;
}

/** Where the next or the last beat before the cursor is; the end or the beginning where there is none. */
export function beatFrom(state: Pick<SessionState, 'run'>, direction: 1 | -1): number {
  const { cursor } = state.run;
  const depths = beatDepths(state);
  if (direction > 0) return depths.find((depth) => depth > cursor) ?? branchMoments(state).length - 1;
  return depths.findLast((depth) => depth < cursor) ?? 0;
}
