import { useEffect } from 'react';
import { isCheckOutOfDate, startCheck } from '../../session/check';
import type { ModuleChecker } from '../../session/checkStarters';
import { useCheckClient } from '../check/CheckContext';
import { CheckPanel } from '../check/CheckPanel';
import { CheckWorkerContext } from '../check/SearchContext';
import { useSessionStore } from '../useSession';

/** A development server's page has no search script beside it. */
const checkWorker: ModuleChecker = import.meta.env.DEV
  ? { loadServer: () => import('../../session/checkProtocol') }
  : {};

/** The check of what is on screen: in a worker, or where the page around forbids that, on the frame's own thread in slices. */
export function EmbedCheck() {
  return (
    <CheckWorkerContext value={checkWorker}>
      <CheckOnOpen />
    </CheckWorkerContext>
  );
}

function CheckOnOpen() {
  const session = useSessionStore();
  const client = useCheckClient(session);
  // Whoever opens it asks; what it found before is still there.
  useEffect(() => {
    const state = session.getState();
    if (
      state.check.kind === 'idle' ||
      (state.check.kind === 'done' && isCheckOutOfDate(state, state.check.subject))
    )
      void startCheck(session, client);
  }, [session, client]);
  return <CheckPanel />;
}
