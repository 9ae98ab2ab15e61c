import { callStatus, isEnabled } from '../../kernel/machine/machine';
import { type Call } from '../../kernel/language/world';
import { callText } from '../../scenario/format/callText';
import { callInFlight, currentSnapshot, taskByName, type Snapshot } from '../trace/replay';
import { amendLast, commit } from '../store/undo';
import { type Session } from '../store/session';
import { currentBranch, type Run } from '../trace/run';
import { planIssue } from '../trace/issuePlan';
import { applyTransition } from '../trace/applyTransition';
import { snapshotText } from '../trace/snapshotText';

/** A call is far shorter; a longer one is our mistake. */
const MAX_STEPS_PER_CALL = 10_000;

function snapshotOfRun(run: Run): Snapshot {
  return currentSnapshot({ run });
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
