import { callStatus, canMove } from '../kernel/machine';
import { processOf, type Call } from '../kernel/world';
import { callText } from './callText';
import { callInFlight, currentFrame, taskNamed, type Frame } from './frame';
import { amend, commit } from './history';
import { currentBranch, type Run, type Session } from './session';
import { nextMoment, pathTo, sameMove, type Branch, type Moment, type Move } from './trail';

/** A task name that the scenario format admits, and how many there may be. */
const TASK_LIMIT = 8;
const CALL_LIMIT = 64;
/** A call is far shorter; a longer one is our mistake. */
const STEP_LIMIT = 10_000;

/** The run after one more move: along the branch where that is what it did next, else on a new branch. */
export function advance(run: Run, move: Move): Run {
  const branch = currentBranch(run);
  const path = pathTo(branch.tip);
  const at = path[run.cursor];
  if (!at) throw new Error(`no moment ${run.cursor}`);
  if (sameMove(path[run.cursor + 1]?.move, move)) return { ...run, cursor: run.cursor + 1 };
  const child = childOf(run.branches, at, move);
  if (child) return { ...run, branch: child.id, cursor: run.cursor + 1 };
  const tip = nextMoment(at, move);
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
    from: { branch: branch.id, depth: at.depth },
  };
  return { ...run, branches: [...run.branches, fork], branch: id, cursor: tip.depth };
}

/** A branch that already made this move at this moment. */
function childOf(branches: readonly Branch[], at: Moment, move: Move): Branch | undefined {
  return branches.find((branch) => {
    const path = pathTo(branch.tip);
    return path[at.depth] === at && sameMove(path[at.depth + 1]?.move, move);
  });
}

function frameAt(run: Run): Frame {
  return currentFrame({ run });
}

/** What the last move of a frame did, in one line. */
export function frameText(frame: Frame): string {
  if (frame.texts.length > 0) return frame.texts.join('; ');
  return frame.step ? frame.step.title : 'The beginning';
}

function say(frame: Frame): string {
  const violation = frame.violations[0];
  return violation
    ? `${frameText(frame)}. Violation of ${violation.property}: ${violation.text}`
    : frameText(frame);
}

/** One step of a task. Throws when it cannot move. */
export function step(session: Session, task: string): void {
  const run = advance(session.getState().run, { kind: 'step', task });
  commit(session, run, `step of ${task}`, say(frameAt(run)));
}

/** One step as part of the act before it (play). */
export function playStep(session: Session, task: string): void {
  const run = advance(session.getState().run, { kind: 'step', task });
  amend(session, run, say(frameAt(run)));
}

/** Steps of a task until its call ends or has to wait. */
function finishCall(run: Run, task: string): Run {
  let at = run;
  const first = frameAt(run);
  const { index } = taskNamed(first.program, task);
  const call = callOf(first, index);
  for (let made = 0; made < STEP_LIMIT; made += 1) {
    const { program, state } = frameAt(at);
    const status = callStatus(program, state, call);
    if (status === 'done' || status === 'skipped' || !canMove(program, state, index)) return at;
    at = advance(at, { kind: 'step', task });
  }
  throw new Error(`a call of ${task} takes more than ${STEP_LIMIT} steps`);
}

/** The call whose steps the task makes next. */
function callOf(frame: Frame, task: number): number {
  const pc = frame.program.tasks[task]?.pc ?? -1;
  const next = frame.program.tasks[task]?.steps[frame.state[pc] ?? -1];
  if (!next) throw new Error(`task ${task} has no step left`);
  return next.call;
}

/** Runs the call that a task is in, or is about to make, to its end or until it has to wait. */
export function runTask(session: Session, task: string): void {
  const run = finishCall(session.getState().run, task);
  commit(session, run, `run of ${task}`, outcome(frameAt(run), task));
}

function outcome(frame: Frame, task: string): string {
  const { index } = taskNamed(frame.program, task);
  const call = callInFlight(frame, index);
  return call ? `${task} waits in ${callText(call.call)}` : say(frame);
}

/** What a call's task and place in the list would be, or why it cannot be made now. */
export type IssuePlan =
  | { readonly kind: 'ready'; readonly call: Call; readonly at: number }
  | { readonly kind: 'refused'; readonly why: string };

/** Finds a free thread of the caller's process for a call. */
export function planIssue(frame: Frame, wanted: Call): IssuePlan {
  const { program } = frame;
  if (program.calls.length >= CALL_LIMIT)
    return {
      kind: 'refused',
      why: `A run has at most ${CALL_LIMIT} calls. Reset it, or undo some.`,
    };
  const task = freeTask(frame, processOf(wanted.by));
  const tasks = new Set(program.calls.map(({ call }) => call.by));
  if (!tasks.has(task) && tasks.size >= TASK_LIMIT) {
    return {
      kind: 'refused',
      why: `Every thread of ${processOf(wanted.by)} is in a call, and a run has at most ${TASK_LIMIT} tasks. Let a call end first.`,
    };
  }
  const call = { ...wanted, by: task };
  const at = program.calls.findIndex(
    (each) => each.call.by === task && callStatus(program, frame.state, each.index) === 'waiting',
  );
  return { kind: 'ready', call, at: at < 0 ? program.calls.length : at };
}

/** The first thread of a process that is not in a call: `qemu`, else `qemu/2`, `qemu/3`, … */
function freeTask(frame: Frame, process: string): string {
  for (let thread = 1; ; thread += 1) {
    const name = thread === 1 ? process : `${process}/${thread}`;
    const task = frame.program.tasks.find((each) => each.name === name);
    if (!task || !callInFlight(frame, task.index)) return name;
  }
}

/** Makes a call and runs it to its end or until it has to wait; returns why not where it cannot be made. */
export function runCall(session: Session, wanted: Call): string | undefined {
  const { run } = session.getState();
  const plan = planIssue(frameAt(run), wanted);
  if (plan.kind === 'refused') return plan.why;
  const end = finishCall(
    advance(run, { kind: 'issue', call: plan.call, at: plan.at }),
    plan.call.by,
  );
  commit(session, end, callText(plan.call), outcome(frameAt(end), plan.call.by));
  return undefined;
}

/** Makes a call that is then stepped by hand; returns why not where it cannot be made. */
export function startCall(session: Session, wanted: Call): string | undefined {
  const { run } = session.getState();
  const plan = planIssue(frameAt(run), wanted);
  if (plan.kind === 'refused') return plan.why;
  const begun = advance(run, { kind: 'issue', call: plan.call, at: plan.at });
  commit(
    session,
    begun,
    `start of ${callText(plan.call)}`,
    `${plan.call.by} starts ${callText(plan.call)}`,
  );
  return undefined;
}

/** Moves the cursor on the branch on screen. */
export function seek(session: Session, depth: number): void {
  const { run } = session.getState();
  const cursor = Math.max(0, Math.min(depth, currentBranch(run).tip.depth));
  if (cursor === run.cursor) return;
  const moved = { ...run, cursor };
  amend(session, moved, say(frameAt(moved)));
}

/** Back to the beginning; every branch stays. */
export function reset(session: Session): void {
  const { run } = session.getState();
  if (run.cursor > 0) commit(session, { ...run, cursor: 0 }, 'reset', 'Back at the beginning');
}

/** Shows another branch, at the place where it parted from this one or at its end. */
export function switchBranch(session: Session, id: number): void {
  const { run } = session.getState();
  const branch = run.branches.find((each) => each.id === id);
  if (!branch || id === run.branch) return;
  const here = pathTo(currentBranch(run).tip);
  const there = pathTo(branch.tip);
  const parted = there.findIndex((moment, depth) => here[depth] !== moment);
  const cursor = Math.min(run.cursor, parted < 0 ? branch.tip.depth : parted - 1);
  commit(
    session,
    { ...run, branch: id, cursor },
    `switch to ${branch.name}`,
    `Now on ${branch.name}`,
  );
}

/** Gives a branch a name for people. */
export function renameBranch(session: Session, id: number, name: string): void {
  const { run } = session.getState();
  const branches = run.branches.map((branch) => (branch.id === id ? { ...branch, name } : branch));
  session.setState({ run: { ...run, branches } });
}
