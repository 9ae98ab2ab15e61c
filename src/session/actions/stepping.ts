import { callStatus, isEnabled, nextStep } from '../../kernel/machine/machine';
import type { Call } from '../../kernel/language/world';
import { callText } from '../../scenario/format/callText';
import type { Session } from '../store/session';
import { amendLast, commit } from '../store/undo';
import { applyTransition } from '../trace/applyTransition';
import { planIssue } from '../trace/issuePlan';
import { leavePendingCalls } from '../trace/pendingCalls';
import { issueCall } from '../trace/rebaseOnCalls';
import { callInFlight, currentSnapshot, taskByName, type Snapshot } from '../trace/replay';
import { currentBranch, type Run } from '../trace/run';
import { eventText, snapshotText } from '../trace/snapshotText';

/** Far more than any call needs: a guard against a design that loops. */
const MAX_STEPS_PER_CALL = 10_000;

/** One step of a task. Throws if the task cannot step. */
export function stepTask(session: Session, task: string): void {
  const run = applyTransition(session.getState().run, { kind: 'step', task });
  commit(session, run, `step of ${task}`, stepAnnouncement(currentSnapshot({ run })));
}

/** One step of a task as part of the last change: all steps of a playback are undone together. */
export function stepTaskInPlayback(session: Session, task: string): void {
  const run = applyTransition(session.getState().run, { kind: 'step', task });
  amendLast(session, run, stepAnnouncement(currentSnapshot({ run })));
}

/** Runs the current or next call of a task until it returns or blocks. With `button`, shows its first step and leaves the rest to `playCall`. */
export function runTask(session: Session, task: string, button?: string): void {
  const { run } = session.getState();
  commitCall(session, runUntilCallReturnsOrBlocks(run, task), task, `run of ${task}`, button);
}

/** Issues a call in place of the pending ones and runs it until it returns or blocks; `button` as for `runTask`. Returns why the call was refused. */
export function runCall(session: Session, wanted: Call, button?: string): string | undefined {
  const run = leavePendingCalls(session.getState().run);
  const plan = planIssue(currentSnapshot({ run }), wanted);
  if (plan.kind === 'refused') return plan.reason;
  const { call } = plan;
  const end = runUntilCallReturnsOrBlocks(issueCall(run, plan), call.by);
  commitCall(session, end, call.by, callText(call), button);
  return undefined;
}

/** One change, however many steps of it are shown later: undo takes the whole call back. */
function commitCall(
  session: Session,
  end: Run,
  task: string,
  undoLabel: string,
  button: string | undefined,
): void {
  const announcement = callAnnouncement(currentSnapshot({ run: end }), task);
  const first = session.getState().run.cursor + 1;
  if (button === undefined || first >= end.cursor)
    return commit(session, end, undoLabel, announcement);
  session.setState({ callPlayback: { button, branchId: end.branchId, depth: end.cursor } });
  commit(session, { ...end, cursor: first }, undoLabel, announcement);
}

/** Issues a call in place of the pending ones without running it. Returns why the call was refused. */
export function startCall(session: Session, wanted: Call): string | undefined {
  const run = leavePendingCalls(session.getState().run);
  const plan = planIssue(currentSnapshot({ run }), wanted);
  if (plan.kind === 'refused') return plan.reason;
  const { call } = plan;
  commit(
    session,
    issueCall(run, plan),
    `start of ${callText(call)}`,
    `${call.by} starts ${callText(call)}`,
  );
  return undefined;
}

/** Moves the cursor on the current branch; `depth` is clamped to its ends. */
export function seekTo(session: Session, depth: number): void {
  const { run } = session.getState();
  const cursor = Math.max(0, Math.min(depth, currentBranch(run).tip.depth));
  if (cursor === run.cursor) return;
  const moved = { ...run, cursor };
  amendLast(session, moved, stepAnnouncement(currentSnapshot({ run: moved })));
}

/** Moves the cursor to step 0 as an undoable change; every branch stays. */
export function resetToStart(session: Session): void {
  const { run } = session.getState();
  if (run.cursor > 0) commit(session, { ...run, cursor: 0 }, 'reset', 'Back at step 0');
}

function runUntilCallReturnsOrBlocks(run: Run, task: string): Run {
  const first = currentSnapshot({ run });
  const { index } = taskByName(first.program, task);
  const call = nextStep(first.program, first.state, index)?.call;
  if (call === undefined) throw new Error(`task ${task} has no step left`);
  let current = run;
  for (let steps = 0; steps < MAX_STEPS_PER_CALL; steps += 1) {
    const { program, state } = currentSnapshot({ run: current });
    const status = callStatus(program, state, call);
    if (status === 'done' || status === 'skipped' || !isEnabled(program, state, index))
      return current;
    current = applyTransition(current, { kind: 'step', task });
  }
  throw new Error(`a call of ${task} takes more than ${MAX_STEPS_PER_CALL} steps`);
}

function stepAnnouncement(snapshot: Snapshot): string {
  const [violation] = snapshot.violations;
  return violation
    ? `${eventText(snapshot)}. Violation of ${violation.property}: ${violation.text}`
    : snapshotText(snapshot);
}

function callAnnouncement(snapshot: Snapshot, task: string): string {
  const { index } = taskByName(snapshot.program, task);
  const call = callInFlight(snapshot, index);
  return call ? `${task} waits in ${callText(call.call)}` : stepAnnouncement(snapshot);
}
