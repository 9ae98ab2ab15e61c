import { callStatus, isEnabled } from '../../kernel/machine/machine';
import { processOf, type Call } from '../../kernel/language/world';
import { callText } from '../queries/callText';
import { callInFlight, currentSnapshot, taskByName, type Snapshot } from '../trace/replay';
import { amendLast, commit } from '../store/undo';
import { currentBranch, type Run, type Session } from '../store/session';
import {
  childTraceNode,
  pathTo,
  sameTransition,
  type Branch,
  type TraceNode,
  type Transition,
} from '../trace/traceTree';

/** A task name that the scenario format admits, and how many there may be. */
const MAX_TASKS = 8;
const MAX_CALLS = 64;
/** A call is far shorter; a longer one is our mistake. */
const MAX_STEPS_PER_CALL = 10_000;

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

function snapshotOfRun(run: Run): Snapshot {
  return currentSnapshot({ run });
}

/** What the last move of a frame did, in one line. */
export function snapshotText(frame: Snapshot): string {
  if (frame.eventTexts.length > 0) return frame.eventTexts.join('; ');
  return frame.step ? frame.step.title : 'The beginning';
}

function announcementOf(frame: Snapshot): string {
  const violation = frame.violations[0];
  return violation
    ? `${snapshotText(frame)}. Violation of ${violation.property}: ${violation.text}`
    : snapshotText(frame);
}

/** One step of a task. Throws when it cannot move. */
export function stepTask(session: Session, task: string): void {
  const run = applyTransition(session.getState().run, { kind: 'step', task });
  commit(session, run, `step of ${task}`, announcementOf(snapshotOfRun(run)));
}

/** One step as part of the act before it (play). */
export function stepTaskInPlayback(session: Session, task: string): void {
  const run = applyTransition(session.getState().run, { kind: 'step', task });
  amendLast(session, run, announcementOf(snapshotOfRun(run)));
}

/** Steps of a task until its call ends or has to wait. */
function runUntilCallReturnsOrBlocks(run: Run, task: string): Run {
  let at = run;
  const first = snapshotOfRun(run);
  const { index } = taskByName(first.program, task);
  const call = callOfNextStep(first, index);
  for (let made = 0; made < MAX_STEPS_PER_CALL; made += 1) {
    const { program, state } = snapshotOfRun(at);
    const status = callStatus(program, state, call);
    if (status === 'done' || status === 'skipped' || !isEnabled(program, state, index)) return at;
    at = applyTransition(at, { kind: 'step', task });
  }
  throw new Error(`a call of ${task} takes more than ${MAX_STEPS_PER_CALL} steps`);
}

/** The call whose steps the task makes next. */
function callOfNextStep(frame: Snapshot, task: number): number {
  const pc = frame.program.tasks[task]?.pc ?? -1;
  const next = frame.program.tasks[task]?.steps[frame.state[pc] ?? -1];
  if (!next) throw new Error(`task ${task} has no step left`);
  return next.call;
}

/** Runs the call that a task is in, or is about to make, to its end or until it has to wait. */
export function runTask(session: Session, task: string): void {
  const run = runUntilCallReturnsOrBlocks(session.getState().run, task);
  commit(session, run, `run of ${task}`, runAnnouncement(snapshotOfRun(run), task));
}

function runAnnouncement(frame: Snapshot, task: string): string {
  const { index } = taskByName(frame.program, task);
  const call = callInFlight(frame, index);
  return call ? `${task} waits in ${callText(call.call)}` : announcementOf(frame);
}

/** What a call's task and place in the list would be, or why it cannot be made now. */
export type IssuePlan =
  | { readonly kind: 'ready'; readonly call: Call; readonly at: number }
  | { readonly kind: 'refused'; readonly reason: string };

/** Finds a free thread of the caller's process for a call. */
export function planIssue(frame: Snapshot, wanted: Call): IssuePlan {
  const { program } = frame;
  if (program.calls.length >= MAX_CALLS)
    return {
      kind: 'refused',
      reason: `A run has at most ${MAX_CALLS} calls. Reset it, or undo some.`,
    };
  const task = idleTaskName(frame, processOf(wanted.by));
  const tasks = new Set(program.calls.map(({ call }) => call.by));
  if (!tasks.has(task) && tasks.size >= MAX_TASKS) {
    return {
      kind: 'refused',
      reason: `Every thread of ${processOf(wanted.by)} is in a call, and a run has at most ${MAX_TASKS} tasks. Let a call end first.`,
    };
  }
  const call = { ...wanted, by: task };
  const at = program.calls.findIndex(
    (each) => each.call.by === task && callStatus(program, frame.state, each.index) === 'waiting',
  );
  return { kind: 'ready', call, at: at < 0 ? program.calls.length : at };
}

/** The first thread of a process that is not in a call: `qemu`, else `qemu/2`, `qemu/3`, … */
function idleTaskName(frame: Snapshot, process: string): string {
  for (let thread = 1; ; thread += 1) {
    const name = thread === 1 ? process : `${process}/${thread}`;
    const task = frame.program.tasks.find((each) => each.name === name);
    if (!task || !callInFlight(frame, task.index)) return name;
  }
}

/** Makes a call and runs it to its end or until it has to wait; returns why not where it cannot be made. */
export function runCall(session: Session, wanted: Call): string | undefined {
  const { run } = session.getState();
  const plan = planIssue(snapshotOfRun(run), wanted);
  if (plan.kind === 'refused') return plan.reason;
  const end = runUntilCallReturnsOrBlocks(
    applyTransition(run, { kind: 'issue', call: plan.call, at: plan.at }),
    plan.call.by,
  );
  commit(session, end, callText(plan.call), runAnnouncement(snapshotOfRun(end), plan.call.by));
  return undefined;
}

/** Makes a call that is then stepped by hand; returns why not where it cannot be made. */
export function startCall(session: Session, wanted: Call): string | undefined {
  const { run } = session.getState();
  const plan = planIssue(snapshotOfRun(run), wanted);
  if (plan.kind === 'refused') return plan.reason;
  const begun = applyTransition(run, { kind: 'issue', call: plan.call, at: plan.at });
  commit(
    session,
    begun,
    `start of ${callText(plan.call)}`,
    `${plan.call.by} starts ${callText(plan.call)}`,
  );
  return undefined;
}

/** Moves the cursor on the branch on screen. */
export function seekTo(session: Session, depth: number): void {
  const { run } = session.getState();
  const cursor = Math.max(0, Math.min(depth, currentBranch(run).tip.depth));
  if (cursor === run.cursor) return;
  const moved = { ...run, cursor };
  amendLast(session, moved, announcementOf(snapshotOfRun(moved)));
}

/** Back to the beginning; every branch stays. */
export function resetToStart(session: Session): void {
  const { run } = session.getState();
  if (run.cursor > 0) commit(session, { ...run, cursor: 0 }, 'reset', 'Back at the beginning');
}

/** Shows another branch, at the place where it parted from this one or at its end. */
export function switchBranch(session: Session, id: number): void {
  const { run } = session.getState();
  const branch = run.branches.find((each) => each.id === id);
  if (!branch || id === run.branchId) return;
  const here = pathTo(currentBranch(run).tip);
  const there = pathTo(branch.tip);
  const parted = there.findIndex((moment, depth) => here[depth] !== moment);
  const cursor = Math.min(run.cursor, parted < 0 ? branch.tip.depth : parted - 1);
  commit(
    session,
    { ...run, branchId: id, cursor },
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
