import type { Call } from '../../kernel/language/world';
import { isEnabled, nextStep, step } from '../../kernel/machine/machine';
import { applyTransition } from './applyTransition';
import type { IssuePlan } from './issuePlan';
import { currentTraceNode, snapshotAt, taskByName, type Snapshot } from './replay';
import { nextBranchId, type Run } from './run';
import { startScenarioRun } from '../../scenario/run/scenarioRun';
import { childTraceNode, pathTo, type Setup, type TraceNode } from './traceTree';

/** A transition of a path. Calls are indices into a list that has all of them; steps have names, since another list of calls can add steps. */
export type PathEvent =
  | { readonly kind: 'issue'; readonly call: number }
  | { readonly kind: 'step'; readonly task: string; readonly name: string };

/** More steps than another list of calls adds before one step of a task. */
const MAX_ADDED_STEPS = 4;

/** The transitions from the root to a snapshot, by the calls of its program, and which of these calls are present at the root. */
export function eventsOf({ node, program }: Snapshot): {
  readonly present: readonly number[];
  readonly events: readonly PathEvent[];
} {
  const present = program.calls.map(({ index }) => index);
  const events: PathEvent[] = [];
  for (const each of pathTo(node).toReversed()) {
    const { transition } = each;
    if (transition?.kind === 'issue') {
      const [call = -1] = present.splice(transition.at, 1);
      events.unshift({ kind: 'issue', call });
    } else if (transition)
      events.unshift({
        kind: 'step',
        task: transition.task,
        name: snapshotAt(each).step?.name ?? '',
      });
  }
  return { present, events };
}

/**
 * Repeats events below `tip`. `calls` has every call in its final order, `present` are those that exist at `tip`. Steps that the
 * calls add before a repeated step run too; a step that they remove is left out.
 */
export function repeatEvents(
  tip: TraceNode,
  calls: readonly Call[],
  present: readonly number[],
  events: readonly PathEvent[],
): TraceNode {
  const existing = new Set(present);
  let node = tip;
  for (const event of events)
    if (event.kind === 'step') node = repeatStep(node, event) ?? node;
    else {
      const call = calls[event.call];
      if (!call) throw new Error(`no call ${event.call}`);
      const at = [...existing].filter((index) => index < event.call).length;
      existing.add(event.call);
      node = childTraceNode(node, { kind: 'issue', call, at });
    }
  return node;
}

/** The node after the step; undefined if the task does not come to it. */
function repeatStep(
  tip: TraceNode,
  { task, name }: Extract<PathEvent, { kind: 'step' }>,
): TraceNode | undefined {
  let node = tip;
  for (let added = 0; added <= MAX_ADDED_STEPS; added++) {
    const { program, state } = snapshotAt(node);
    const { index } = taskByName(program, task);
    if (!isEnabled(program, state, index)) return undefined;
    const isRepeated = nextStep(program, state, index)?.name === name;
    node = childTraceNode(node, { kind: 'step', task });
    if (isRepeated) return node;
  }
  return undefined;
}

/**
 * The run with a call issued at the cursor. If the call gives earlier calls more steps (an fd that another thread can close is
 * looked up with a file reference), it is issued before the first of these steps, on another branch, and what followed is repeated.
 */
export function issueCall(run: Run, { call, at }: Extract<IssuePlan, { kind: 'ready' }>): Run {
  const tip = currentTraceNode({ run });
  const snapshot = snapshotAt(tip);
  const { present, events } = eventsOf(snapshot);
  const calls = snapshot.program.calls.map((each) => each.call).toSpliced(at, 0, call);
  const shifted = (index: number): number => (index < at ? index : index + 1);
  const same = sameSteps(tip.setup, calls, events);
  if (same === events.length) return applyTransition(run, { kind: 'issue', call, at });
  const before = events.slice(0, same);
  const issued = before.flatMap((event) => (event.kind === 'issue' ? [event.call] : []));
  const fork = pathTo(tip)[same];
  if (!fork) throw new Error(`no trace node at depth ${same}`);
  const repeated = repeatEvents(fork, calls, [...present, ...issued].map(shifted), [
    { kind: 'issue', call: at },
    ...events
      .slice(same)
      .map((event) => (event.kind === 'issue' ? { ...event, call: shifted(event.call) } : event)),
  ]);
  const id = nextBranchId(run);
  return {
    ...run,
    branches: [
      ...run.branches,
      {
        id,
        name: `branch ${id}`,
        tip: repeated,
        forkedFrom: { branch: run.branchId, depth: fork.depth },
      },
    ],
    branchId: id,
    cursor: repeated.depth,
  };
}

/** How many events come before the first step that is another step with these calls; all of them if there is none. */
function sameSteps(
  { scenario, design }: Setup,
  calls: readonly Call[],
  events: readonly PathEvent[],
): number {
  const { program, state } = startScenarioRun({ ...scenario, calls }, design);
  for (const [i, event] of events.entries()) {
    if (event.kind !== 'step') continue;
    const { index } = taskByName(program, event.task);
    if (nextStep(program, state, index)?.name !== event.name) return i;
    step(program, state, index);
  }
  return events.length;
}
