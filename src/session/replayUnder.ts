import { callStatus, canMove, nextStep } from '../kernel/machine';
import { frameOf, taskNamed } from './frame';
import { currentBranch, freshRun, type Run } from './session';
import { enabledTasks, taskInTurn } from './turns';
import { nextMoment, pathTo, type Moment, type Setup } from './trail';

/** Longer than any run of 64 calls. */
const MOVE_LIMIT = 20_000;

/** A stretch of moves: a call put in, or steps that one task made in one call, and whether they ended it. */
type Turn =
  | { readonly kind: 'issue'; readonly from: Moment }
  | {
      readonly kind: 'steps';
      readonly task: string;
      readonly count: number;
      readonly ended: boolean;
    };

/**
 * The same calls in the same turns under another setup (a design, an option): a turn that ended its call ends it there too,
 * however many steps that takes; an unfinished one makes as many steps as it made.
 */
export function replayUnder(old: Run, setup: Setup): Run {
  const path = pathTo(currentBranch(old).tip);
  const fresh = freshRun(setup);
  let tip = currentBranch(fresh).tip;
  let cursor = 0;
  for (const { turn, end } of turnsOf(path)) {
    tip = turn.kind === 'issue' ? issued(tip, turn.from) : stepped(tip, turn);
    if (end <= old.cursor) cursor = tip.depth;
  }
  const last = path.at(-1);
  if (last && enabledTasks(frameOf(last)).length === 0) tip = ranOut(tip);
  if (old.cursor === path.length - 1) cursor = tip.depth;
  return { ...fresh, branches: [{ id: 1, name: 'main', tip, from: undefined }], cursor };
}

function turnsOf(
  path: readonly Moment[],
): readonly { readonly turn: Turn; readonly end: number }[] {
  const turns: { turn: Turn; end: number }[] = [];
  let call = -1;
  for (const moment of path) {
    const { move, depth, parent } = moment;
    if (!move || !parent) continue;
    if (move.kind === 'issue') {
      turns.push({ turn: { kind: 'issue', from: moment }, end: depth });
      continue;
    }
    const frame = frameOf(moment);
    const made = frame.step?.call ?? -1;
    const status = callStatus(frame.program, frame.state, made);
    const ended = status === 'done' || status === 'skipped';
    const last = turns.at(-1);
    const goesOn = last?.turn.kind === 'steps' && last.turn.task === move.task && made === call;
    const turn: Turn = {
      kind: 'steps',
      task: move.task,
      count: goesOn && last?.turn.kind === 'steps' ? last.turn.count + 1 : 1,
      ended,
    };
    if (goesOn) turns[turns.length - 1] = { turn, end: depth };
    else turns.push({ turn, end: depth });
    call = made;
  }
  return turns;
}

function issued(tip: Moment, from: Moment): Moment {
  const { move } = from;
  if (move?.kind !== 'issue') throw new Error('not a call that was put in');
  return nextMoment(tip, move);
}

function stepped(tip: Moment, { task, count, ended }: Extract<Turn, { kind: 'steps' }>): Moment {
  const { program, state } = frameOf(tip);
  const index = program.tasks.find((each) => each.name === task)?.index;
  const call = index === undefined ? undefined : nextStep(program, state, index)?.call;
  if (index === undefined || call === undefined) return tip;
  let at = tip;
  for (let made = 0; made < MOVE_LIMIT && (ended || made < count); made += 1) {
    const now = frameOf(at);
    if (
      nextStep(now.program, now.state, index)?.call !== call ||
      !canMove(now.program, now.state, index)
    )
      return at;
    at = nextMoment(at, { kind: 'step', task });
  }
  return at;
}

function ranOut(tip: Moment): Moment {
  let at = tip;
  for (let made = 0; made < MOVE_LIMIT; made += 1) {
    const task = taskInTurn(frameOf(at));
    if (task === undefined) return at;
    at = nextMoment(at, { kind: 'step', task: taskNamed(frameOf(at).program, task).name });
  }
  return at;
}
