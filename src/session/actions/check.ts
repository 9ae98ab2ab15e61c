import type { CheckClient, RunningCheck } from '../../check-worker/checkClient';
import { currentCheckSubject, isCheckOutOfDate, verdictText } from '../queries/checkSubject';
import { explainViolation } from './explainViolation';
import type { Session } from '../store/session';

/** A larger check is explained only when the user asks. */
const MAX_STATES_EXPLAINED_AT_ONCE = 20_000;

const runningChecks = new WeakMap<Session, RunningCheck>();

/** Checks every interleaving of the calls on screen. Resolves when `SessionState.check` has the result. */
export async function startCheck(session: Session, client: CheckClient): Promise<void> {
  const subject = currentCheckSubject(session.getState());
  const running = client.check(subject, (progress) => {
    if (runningChecks.get(session) === running)
      session.setState({ check: { kind: 'running', subject, progress } });
  });
  runningChecks.set(session, running);
  session.setState({
    check: { kind: 'running', subject, progress: undefined },
    announcement: 'Checking all interleavings',
  });
  const answer = await running.answer;
  // A newer check has replaced this one.
  if (runningChecks.get(session) !== running) return;
  runningChecks.delete(session);
  if (answer.ok) {
    const { result } = answer;
    session.setState({
      check: { kind: 'done', subject, result },
      announcement: verdictText(result),
    });
    const violated = result.properties.find(({ witness }) => witness);
    if (violated && result.coverage === 'complete' && result.states <= MAX_STATES_EXPLAINED_AT_ONCE)
      void explainViolation(session, client, subject, result, violated.id);
  } else
    session.setState({
      check: { kind: 'failed', subject, message: answer.message },
      announcement: answer.message,
    });
}

/** Asks for a check, unless one is running or the verdict on screen is about what is on screen. */
export function requestCheck(session: Session): void {
  const state = session.getState();
  const { check } = state;
  const isAnswered =
    check.kind === 'running' || (check.kind === 'done' && !isCheckOutOfDate(state, check.subject));
  if (!isAnswered) session.setState({ check: { kind: 'requested' } });
}

/** Stops a running check; the result holds what it found so far. */
export function cancelCheck(session: Session): void {
  runningChecks.get(session)?.cancel();
}
