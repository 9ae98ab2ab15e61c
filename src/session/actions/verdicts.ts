import type { CheckClient } from '../../check-worker/checkClient';
import type { MatrixCell } from '../../explore/matrix/matrix';
import { verdictCases } from '../queries/verdictMatrix';
import { notify } from '../store/notifications';
import type { Session } from '../store/session';

/** A larger case counts as incomplete. */
const MAX_STATES_PER_CASE = 400_000;

const stops = new WeakMap<Session, () => void>();

/** Checks every built-in scenario under every design configuration, one after the other; `SessionState.verdicts` grows by one cell each. */
export async function startVerdicts(session: Session, client: CheckClient): Promise<void> {
  stopVerdicts(session);
  let stopped = false;
  let cells: readonly MatrixCell[] = [];
  session.setState(({ verdicts }) => ({ verdicts: { ...verdicts, running: true } }));
  for (const each of verdictCases().cases) {
    const check = client.check(
      { scenario: each.scenario, outcomes: false, limits: { maxStates: MAX_STATES_PER_CASE } },
      () => undefined,
    );
    stops.set(session, () => {
      stopped = true;
      check.cancel();
    });
    // The client runs one check at a time.
    const answer = await check.answer;
    if (stopped) break;
    if (!answer.ok) {
      notify(session, 'error', 'The checks stopped.', [answer.message]);
      break;
    }
    cells = [...cells, { case: each, check: answer.result }];
    session.setState({ verdicts: { cells, running: true } });
  }
  client.close();
  if (!stopped) finish(session);
}

/** Stops the checks; the finished cells stay. */
export function stopVerdicts(session: Session): void {
  stops.get(session)?.();
  finish(session);
}

function finish(session: Session): void {
  stops.delete(session);
  if (session.getState().verdicts.running)
    session.setState(({ verdicts }) => ({ verdicts: { ...verdicts, running: false } }));
}
