import { rootTraceNode, type Branch, type Setup, type TraceNode } from './traceTree';

/** A setup, its trace tree, and the cursor in that tree. Undo and redo restore exactly this. */
export interface Run {
  readonly setup: Setup;
  /** Never empty; only grows while the setup stays the same. */
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

/** A run of `setup` without any step. */
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

/** An id that no branch of the run has. */
export function nextBranchId(run: Run): number {
  return Math.max(...run.branches.map(({ id }) => id)) + 1;
}
