import { callStatus, isEnabled, nextStep } from '../../kernel/machine/machine';
import { snapshotAt, taskByName } from './replay';
import { enabledTasks, nextTask } from './scheduler';
import { childTraceNode, pathTo, rootTraceNode, type TraceNode, type Setup } from './traceTree';
import { currentBranch, runTo, type Run } from './run';

/** Longer than any run of 64 calls. */
const MAX_STEPS = 20_000;

/** A stretch of moves: a call put in, or steps that one task made in one call, and whether they ended it. */
type Segment =
  | { readonly kind: 'issue'; readonly node: TraceNode }
  | {
      readonly kind: 'steps';
      readonly task: string;
      readonly count: number;
      readonly callEnded: boolean;
    };

/**
 * The same calls in the same turns under another setup (a design, an option): a turn that ended its call ends it there too,
 * however many steps that takes; an unfinished one makes as many steps as it made.
 */
export function rebaseOnDesign(old: Run, setup: Setup): Run {
  const path = pathTo(currentBranch(old).tip);
  let tip = rootTraceNode(setup);
  let cursor = 0;
  for (const { turn, end } of segmentsOf(path)) {
    tip = turn.kind === 'issue' ? replayIssue(tip, turn.node) : replaySteps(tip, turn);
    if (end <= old.cursor) cursor = tip.depth;
  }
  const last = path.at(-1);
  if (last && enabledTasks(snapshotAt(last)).length === 0) tip = runToEnd(tip);
  if (old.cursor === path.length - 1) cursor = tip.depth;
  return { ...runTo(setup, tip), cursor };
}

function segmentsOf(
  path: readonly TraceNode[],
): readonly { readonly turn: Segment; readonly end: number }[] {
  const turns: { turn: Segment; end: number }[] = [];
  let call = -1;
  for (const moment of path) {
    const { transition: move, depth, parent } = moment;
    if (!move || !parent) continue;
    if (move.kind === 'issue') {
      turns.push({ turn: { kind: 'issue', node: moment }, end: depth });
      continue;
    }
    const frame = snapshotAt(moment);
    const made = frame.step?.call ?? -1;
    const status = callStatus(frame.program, frame.state, made);
    const ended = status === 'done' || status === 'skipped';
    const last = turns.at(-1);
    const goesOn = last?.turn.kind === 'steps' && last.turn.task === move.task && made === call;
    const turn: Segment = {
      kind: 'steps',
      task: move.task,
      count: goesOn && last?.turn.kind === 'steps' ? last.turn.count + 1 : 1,
      callEnded: ended,
    };
    if (goesOn) turns[turns.length - 1] = { turn, end: depth };
    else turns.push({ turn, end: depth });
    call = made;
  }
  return turns;
}

function replayIssue(tip: TraceNode, from: TraceNode): TraceNode {
  const { transition: move } = from;
  if (move?.kind !== 'issue') throw new Error('not a call that was put in');
  return childTraceNode(tip, move);
}

function replaySteps(
  tip: TraceNode,
  { task, count, callEnded: ended }: Extract<Segment, { kind: 'steps' }>,
): TraceNode {
  const { program, state } = snapshotAt(tip);
  const index = program.tasks.find((each) => each.name === task)?.index;
  const call = index === undefined ? undefined : nextStep(program, state, index)?.call;
  if (index === undefined || call === undefined) return tip;
  let at = tip;
  for (let made = 0; made < MAX_STEPS && (ended || made < count); made += 1) {
    const now = snapshotAt(at);
    if (
      nextStep(now.program, now.state, index)?.call !== call ||
      !isEnabled(now.program, now.state, index)
    )
      return at;
    at = childTraceNode(at, { kind: 'step', task });
  }
  return at;
}

function runToEnd(tip: TraceNode): TraceNode {
  let at = tip;
  for (let made = 0; made < MAX_STEPS; made += 1) {
    const task = nextTask(snapshotAt(at));
    if (task === undefined) return at;
    at = childTraceNode(at, { kind: 'step', task: taskByName(snapshotAt(at).program, task).name });
  }
  return at;
}
