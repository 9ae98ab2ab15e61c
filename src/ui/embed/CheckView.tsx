import { useEffect } from 'react';
import { isStale, startCheck } from '../../session/check';
import { checkStarters } from '../../session/checkStarters';
import { useCheckClient } from '../check/CheckContext';
import { CheckPanel } from '../check/CheckPanel';
import { WorkerContext } from '../check/WorkerContext';
import { useSessionStore } from '../useSession';

/** A development server's page has no search script beside it. */
const starters = checkStarters(document, import.meta.env.DEV ? { protocol: () => import('../../session/checkProtocol') } : {});

/** The check of what is on screen: in a worker, or where the page around forbids that, on the frame's own thread in slices. */
export function CheckView() {
  return <WorkerContext value={starters}><Check /></WorkerContext>;
}

function Check() {
  const session = useSessionStore();
  const client = useCheckClient(session);
  // Whoever opens it asks; what it found before is still there.
  useEffect(() => {
    const state = session.getState();
    if (state.check.kind === 'idle' || (state.check.kind === 'done' && isStale(state, state.check.of))) void startCheck(session, client);
  }, [session, client]);
  return <CheckPanel />;
}
