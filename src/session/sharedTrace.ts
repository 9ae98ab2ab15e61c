import { makeLink, parseLink } from '../scenario/link';
import { openLink } from '../scenario/openLink';
import type { Trace } from '../scenario/trace';
import { branchMoments, currentMoment } from './frame';
import { permalinkOf } from './permalink';
import type { SessionState } from './session';
import type { Moment } from './trail';

/** How much of the branch on screen: all of it, or up to where one stands. */
export type Extent = 'branch' | 'cursor';

const memo = new WeakMap<Moment, Trace>();

/** What is on screen as a run for the exports, made by opening its own link. */
export function sharedTrace(state: SessionState, extent: Extent): Trace {
  const end = extent === 'branch' ? branchMoments(state).at(-1) : currentMoment(state);
  const known = end && memo.get(end);
  if (known) return known;
  const parsed = parseLink(permalinkOf(state));
  if (!end || !parsed.ok) throw new Error('the session has no link');
  const { link } = parsed;
  const made = branchMoments(state)
    .slice(0, end.depth + 1)
    .filter(({ move }) => move?.kind === 'step').length;
  const opened = openLink(makeLink({ ...link, steps: link.steps.slice(0, made) }));
  if (!opened.ok || opened.trace.steps.length !== made)
    throw new Error(
      opened.ok
        ? `the link of the session replays ${opened.trace.steps.length} of ${made} steps`
        : opened.message,
    );
  memo.set(end, opened.trace);
  return opened.trace;
}
