import { callStatus, isEnabled, nextStep } from '../../kernel/machine/machine';
import { snapshotAt } from './replay';
import { currentBranch, runTo, type Run } from './run';
import { enabledTasks, nextTask } from './scheduler';
import {
  childTraceNode,
  pathTo,
  rootTraceNode,
  type Setup,
  type TraceNode,
  type Transition,
} from './traceTree';

/** Longer than any run of 64 calls. */
const MAX_STEPS = 20_000;

/** An issued call, or consecutive steps of one task in one call. */
type Segment =
  | { readonly kind: 'issue'; readonly transition: Transition }
  | {
      readonly kind: 'steps';
      readonly task: string;
      readonly count: number;
      readonly callEnded: boolean;
    };

interface PlacedSegment {
  readonly segment: Segment;
  /** Depth of its last transition. */
  readonly end: number;
}

/**
 * The same calls in the same order under another setup (a design, an option). A segment that ended its call ends it there too,
 * however many steps that takes; any other segment makes as many steps as before.
 */
export function rebaseOnDesign(old: Run, setup: Setup): Run {
  const path = pathTo(currentBranch(old).tip);
  let tip = rootTraceNode(setup);
  let cursor = 0;
  let begin = 0;
  for (const { segment, end } of segmentsOf(path)) {
    const before = tip.depth;
    tip =
      segment.kind === 'issue'
        ? childTraceNode(tip, segment.transition)
        : replaySegment(tip, segment);
    if (end <= old.cursor) cursor = tip.depth;
    // In the middle of a call: as many steps into it as before.
    else if (begin < old.cursor) cursor = Math.min(tip.depth, before + old.cursor - begin);
    begin = end;
  }
  const last = path.at(-1);
  if (last && enabledTasks(snapshotAt(last)).length === 0) tip = runToEnd(tip);
  if (old.cursor === path.length - 1) cursor = tip.depth;
  return { ...runTo(setup, tip), cursor };
}

function segmentsOf(path: readonly TraceNode[]): readonly PlacedSegment[] {
  const segments: PlacedSegment[] = [];
  let previousCall = -1;
  for (const node of path) {
    const { transition, depth } = node;
    if (!transition) continue;
    if (transition.kind === 'issue') {
      segments.push({ segment: { kind: 'issue', transition }, end: depth });
      continue;
    }
    const { program, state, step } = snapshotAt(node);
    const call = step?.call ?? -1;
    const status = callStatus(program, state, call);
    const callEnded = status === 'done' || status === 'skipped';
    const { task } = transition;
    const last = segments.at(-1)?.segment;
    if (last?.kind === 'steps' && last.task === task && call === previousCall)
      segments[segments.length - 1] = {
        segment: { kind: 'steps', task, count: last.count + 1, callEnded },
        end: depth,
      };
    else segments.push({ segment: { kind: 'steps', task, count: 1, callEnded }, end: depth });
    previousCall = call;
  }
  return segments;
}

function replaySegment(
  tip: TraceNode,
  { task, count, callEnded }: Extract<Segment, { kind: 'steps' }>,
): TraceNode {
  const { program, state } = snapshotAt(tip);
  const index = program.tasks.find((each) => each.name === task)?.index;
  const call = index === undefined ? undefined : nextStep(program, state, index)?.call;
  if (index === undefined || call === undefined) return tip;
  let node = tip;
  for (let steps = 0; steps < MAX_STEPS && (callEnded || steps < count); steps += 1) {
    const now = snapshotAt(node);
    if (
      nextStep(now.program, now.state, index)?.call !== call ||
      !isEnabled(now.program, now.state, index)
    )
      return node;
    node = childTraceNode(node, { kind: 'step', task });
  }
  return node;
}

function runToEnd(tip: TraceNode): TraceNode {
  let node = tip;
  for (let steps = 0; steps < MAX_STEPS; steps += 1) {
    const task = nextTask(snapshotAt(node));
    if (task === undefined) return node;
    node = childTraceNode(node, { kind: 'step', task });
  }
  return node;
}
