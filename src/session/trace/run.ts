import { type Branch, type Setup, type TraceNode, rootTraceNode } from './traceTree';

/** A run: the setup, the tree of what was tried, and where one stands in it. This is all that undo and redo carry. */
export interface Run {
  readonly setup: Setup;
  /** Never empty; only grows while the setup stays. */
  readonly branches: readonly Branch[];
  /** Id of the branch on screen. */
  readonly branchId: number;
  /** Depth on that branch. */
  readonly cursor: number;
}

/** Anything that carries a run, such as the session state. */
export interface WithRun {
  readonly run: Run;
}

/** A run at the start of `setup` with nothing tried yet. */
export function freshRun(setup: Setup): Run {
  return runTo(setup, rootTraceNode(setup));
}

/** A run at the start of `setup` whose only branch leads to `tip`. */
export function runTo(setup: Setup, tip: TraceNode, name = 'main'): Run {
  return { setup, branches: [{ id: 1, name, tip, forkedFrom: undefined }], branchId: 1, cursor: 0 };
}

/** The branch on screen. */
export function currentBranch(run: Run): Branch {
  const found = run.branches.find((branch) => branch.id === run.branchId);
  if (!found) throw new Error(`no branch ${run.branchId}`);
  return found;
}
