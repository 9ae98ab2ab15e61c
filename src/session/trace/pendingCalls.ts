import { callStatus } from '../../kernel/machine/machine';
import type { Call } from '../../kernel/language/world';
import { currentTraceNode, snapshotAt, type Snapshot } from './replay';
import { nextBranchId, type Run } from './run';
import {
  childTraceNode,
  pathTo,
  rootTraceNode,
  sameModelInput,
  type Setup,
  type TraceNode,
  type Transition,
} from './traceTree';

/** Calls of the scenario that have not started: indices into `Program.calls`. A call that was issued by hand is not one of them. */
export function pendingCalls({ program, state, issuedCalls }: Snapshot): ReadonlySet<number> {
  return new Set(
    program.calls.flatMap(({ index }) =>
      !issuedCalls.has(index) && callStatus(program, state, index) === 'waiting' ? [index] : [],
    ),
  );
}

/** The calls of the scenario that a run started from. A call that the user makes instead takes its name from here. */
export function plannedCalls({ plannedCalls: planned, scenario }: Setup): readonly Call[] {
  return planned ?? scenario.calls;
}

/**
 * The run in which the user makes a call: a separate branch, whose scenario has only the calls that have started. The same run
 * if no call of the scenario is pending.
 */
export function leavePendingCalls(run: Run): Run {
  const node = currentTraceNode({ run });
  const snapshot = snapshotAt(node);
  const pending = pendingCalls(snapshot);
  if (pending.size === 0) return run;
  const { setup, tip } = withoutCalls(snapshot, pending);
  const known = run.branches.find(
    (branch) =>
      branch.forkedFrom?.branch === run.branchId &&
      branch.forkedFrom.depth === run.cursor &&
      sameModelInput(branch.tip.setup, setup),
  );
  if (known) return { ...run, setup: known.tip.setup, branchId: known.id };
  const id = nextBranchId(run);
  return {
    setup,
    branches: [
      ...run.branches,
      {
        id,
        name: `branch ${id}`,
        tip,
        forkedFrom: { branch: run.branchId, depth: run.cursor },
      },
    ],
    branchId: id,
    cursor: run.cursor,
  };
}

/** The same transitions from the root of a setup that does not have these calls. */
function withoutCalls(
  { node, program }: Snapshot,
  removed: ReadonlySet<number>,
): { readonly setup: Setup; readonly tip: TraceNode } {
  // The call list at each transition, as indices into the list at the end.
  let present = program.calls.map(({ index }) => index);
  const path = pathTo(node);
  const issues: number[] = [];
  for (const { transition } of path.toReversed())
    if (transition?.kind === 'issue') issues.unshift(...present.splice(transition.at, 1));
  const { scenario } = node.setup;
  const setup: Setup = {
    ...node.setup,
    scenario: {
      ...scenario,
      calls: present.flatMap((index) =>
        removed.has(index) ? [] : (program.calls[index]?.call ?? []),
      ),
      schedule: 'sequential',
      beats: [],
      expect: undefined,
    },
    plannedCalls: plannedCalls(node.setup),
  };
  let tip = rootTraceNode(setup);
  for (const { transition } of path) {
    if (!transition) continue;
    let next: Transition = transition;
    if (transition.kind === 'issue') {
      const before = present.slice(0, transition.at);
      present = present.toSpliced(transition.at, 0, issues.shift() ?? -1);
      next = { ...transition, at: before.filter((index) => !removed.has(index)).length };
    }
    tip = childTraceNode(tip, next);
  }
  return { setup, tip };
}
