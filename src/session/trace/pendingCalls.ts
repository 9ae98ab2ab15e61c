import { callStatus } from '../../kernel/machine/machine';
import type { Call } from '../../kernel/language/world';
import { currentTraceNode, snapshotAt, type Snapshot } from './replay';
import { eventsOf, repeatEvents } from './rebaseOnCalls';
import { nextBranchId, type Run } from './run';
import { rootTraceNode, sameModelInput, type Setup, type TraceNode } from './traceTree';

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
  if (known) return { ...run, setup: known.tip.setup, branchId: known.id, cursor: tip.depth };
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
    cursor: tip.depth,
  };
}

/** The same transitions from the root of a setup that does not have these calls. */
function withoutCalls(
  snapshot: Snapshot,
  removed: ReadonlySet<number>,
): { readonly setup: Setup; readonly tip: TraceNode } {
  const { node, program } = snapshot;
  const { present, events } = eventsOf(snapshot);
  const kept = program.calls.flatMap(({ index }) => (removed.has(index) ? [] : [index]));
  const calls = kept.flatMap((index) => program.calls[index]?.call ?? []);
  const atRoot = present.flatMap((index) => (removed.has(index) ? [] : [kept.indexOf(index)]));
  const setup: Setup = {
    ...node.setup,
    scenario: {
      ...node.setup.scenario,
      calls: atRoot.flatMap((index) => calls[index] ?? []),
      schedule: 'sequential',
      beats: [],
      expect: undefined,
    },
    plannedCalls: plannedCalls(node.setup),
  };
  const repeated = events.map((event) =>
    event.kind === 'issue' ? { ...event, call: kept.indexOf(event.call) } : event,
  );
  return { setup, tip: repeatEvents(rootTraceNode(setup), calls, atRoot, repeated) };
}
