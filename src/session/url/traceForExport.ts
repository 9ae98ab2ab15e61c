import { makeLink, parseLink } from '../../scenario/link/link';
import { openLink } from '../../scenario/link/openLink';
import type { Trace } from '../../scenario/run/trace';
import { branchPath, currentTraceNode } from '../trace/replay';
import { permalinkOf } from './permalink';
import type { SessionState } from '../store/session';
import type { TraceNode } from '../trace/traceTree';

/** How much of the branch on screen: all of it, or up to where one stands. */
export type TraceExtent = 'branch' | 'cursor';

const memo = new WeakMap<TraceNode, Trace>();

/** What is on screen as a run for the exports, made by opening its own link. */
export function traceForExport(state: SessionState, extent: TraceExtent): Trace {
  const end = extent === 'branch' ? branchPath(state).at(-1) : currentTraceNode(state);
  const known = end && memo.get(end);
  if (known) return known;
  const parsed = parseLink(permalinkOf(state));
  if (!end || !parsed.ok) throw new Error('the session has no link');
  const { link } = parsed;
  const made = branchPath(state)
    .slice(0, end.depth + 1)
    .filter(({ transition: move }) => move?.kind === 'step').length;
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
