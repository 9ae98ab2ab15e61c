import {
  childTraceNode,
  pathTo,
  sameTransition,
  type Branch,
  type TraceNode,
  type Transition,
} from './traceTree';
import { currentBranch, type Run } from './run';

/** The run after one more move: along the branch where that is what it did next, else on a new branch. */
export function applyTransition(run: Run, move: Transition): Run {
  const branch = currentBranch(run);
  const path = pathTo(branch.tip);
  const at = path[run.cursor];
  if (!at) throw new Error(`no moment ${run.cursor}`);
  if (sameTransition(path[run.cursor + 1]?.transition, move))
    return { ...run, cursor: run.cursor + 1 };
  const child = branchThrough(run.branches, at, move);
  if (child) return { ...run, branchId: child.id, cursor: run.cursor + 1 };
  const tip = childTraceNode(at, move);
  if (run.cursor === path.length - 1)
    return {
      ...run,
      branches: run.branches.map((each) => (each === branch ? { ...each, tip } : each)),
      cursor: tip.depth,
    };
  const id = Math.max(...run.branches.map((each) => each.id)) + 1;
  const fork: Branch = {
    id,
    name: `branch ${id}`,
    tip,
    forkedFrom: { branch: branch.id, depth: at.depth },
  };
  return { ...run, branches: [...run.branches, fork], branchId: id, cursor: tip.depth };
}

/** A branch that already made this move at this moment. */
function branchThrough(
  branches: readonly Branch[],
  at: TraceNode,
  move: Transition,
): Branch | undefined {
  return branches.find((branch) => {
    const path = pathTo(branch.tip);
    return path[at.depth] === at && sameTransition(path[at.depth + 1]?.transition, move);
  });
}
