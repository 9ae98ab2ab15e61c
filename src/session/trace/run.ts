import { rootTraceNode, type Branch, type Setup, type TraceNode } from './traceTree';

/** Branches, each a path of a trace tree, and the cursor on one of them. Undo and redo restore exactly this. */
export interface Run {
  /** The setup of the branch on screen. A branch with calls made by hand has another setup. */
  readonly setup: Setup;
  /** Never empty; only grows while the first branch starts from the same setup. */
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

/** Id of the branch that a run starts with. */
export const FIRST_BRANCH_ID = 1;

/** A run of `setup` without any step. */
export function freshRun(setup: Setup): Run {
  return runTo(setup, rootTraceNode(setup));
}

/** A run at the start of `setup` whose only branch leads to `tip`. */
export function runTo(setup: Setup, tip: TraceNode, name = 'main'): Run {
  return {
    setup,
    branches: [{ id: FIRST_BRANCH_ID, name, tip, forkedFrom: undefined }],
    branchId: FIRST_BRANCH_ID,
    cursor: 0,
  };
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
