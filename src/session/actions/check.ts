import type { CheckClient, RunningCheck } from '../../check-worker/checkClient';
import { type Session } from '../store/session';
import { currentCheckSubject, verdictText } from '../queries/checkSubject';
const runningChecks = new WeakMap<Session, RunningCheck>();

/** Checks every interleaving of the calls on screen. */
export async function startCheck(session: Session, client: CheckClient): Promise<void> {
  const of = currentCheckSubject(session.getState());
  const running = client.check(of, (news) => {
    if (runningChecks.get(session) === running)
      session.setState({ check: { kind: 'running', subject: of, progress: news } });
  });
  runningChecks.set(session, running);
  session.setState({
    check: { kind: 'running', subject: of, progress: undefined },
    announcement: 'Checking every interleaving',
  });
  const answer = await running.answer;
  if (runningChecks.get(session) !== running) return;
  runningChecks.delete(session);
  if (answer.ok)
    session.setState({
      check: { kind: 'done', subject: of, result: answer.result },
      announcement: verdictText(answer.result),
    });
  else
    session.setState({
      check: { kind: 'failed', subject: of, message: answer.message },
      announcement: answer.message,
    });
}

/** Ends a running check; what it found so far is kept. */
export function cancelCheck(session: Session): void {
  runningChecks.get(session)?.cancel();
}
