import type { SessionState } from '../store/session';
import { branchPath, currentTraceNode } from '../trace/replay';
import { pathTo, type TraceNode } from '../trace/traceTree';

/** The path that panels may show: the whole branch, or only its past while a quiz question is open. */
export function visiblePath(state: Pick<SessionState, 'run' | 'dialog'>): readonly TraceNode[] {
  return state.dialog === 'quiz' ? pathTo(currentTraceNode(state)) : branchPath(state);
}
