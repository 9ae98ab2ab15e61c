import { currentBranch, nextBranchId, type Run } from './run';
import {
  childTraceNode,
  pathTo,
  sameTransition,
  type Branch,
  type TraceNode,
  type Transition,
} from './traceTree';

/** The run after one more transition at the cursor: along a branch that already has it, else at the tip, else on a new branch. */
export function applyTransition(run: Run, transition: Transition): Run {
  const branch = currentBranch(run);
  const path = pathTo(branch.tip);
  const node = path[run.cursor];
  if (!node) throw new Error(`no trace node at depth ${run.cursor}`);
  if (sameTransition(path[run.cursor + 1]?.transition, transition))
    return { ...run, cursor: run.cursor + 1 };
  const known = branchThrough(run.branches, node, transition);
  if (known) return { ...run, branchId: known.id, cursor: run.cursor + 1 };
  const tip = childTraceNode(node, transition);
  if (run.cursor === path.length - 1)
    return {
      ...run,
      branches: run.branches.map((each) => (each === branch ? { ...each, tip } : each)),
      cursor: tip.depth,
    };
  const id = nextBranchId(run);
  const fork: Branch = {
    id,
    name: `branch ${id}`,
    tip,
    forkedFrom: { branch: branch.id, depth: node.depth },
  };
  return { ...run, branches: [...run.branches, fork], branchId: id, cursor: tip.depth };
}

/** A branch that has this transition at this node. */
function branchThrough(
  branches: readonly Branch[],
  node: TraceNode,
  transition: Transition,
): Branch | undefined {
  return branches.find((branch) => {
    const path = pathTo(branch.tip);
    return (
      path[node.depth] === node && sameTransition(path[node.depth + 1]?.transition, transition)
    );
  });
}
