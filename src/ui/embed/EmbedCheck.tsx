import { useEffect } from 'react';
import type { ModuleChecker } from '../../check-worker/workerFactories';
import { useCheckClient } from '../panels/check/useCheckClient';
import { CheckPanel } from '../panels/check/CheckPanel';
import { CheckWorkerContext } from '../panels/check/CheckWorkerContext';
import { useSessionStore } from '../useSession';
import { isCheckOutOfDate } from '../../session/queries/checkSubject';
import { dispatch } from '../../session/actions/dispatch';

/** A development server's page has no search script beside it. */
const checkWorker: ModuleChecker = import.meta.env.DEV
  ? { loadServer: () => import('../../check-worker/serveChecks') }
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
      dispatch(session, 'start-check', { client });
  }, [session, client]);
  return <CheckPanel />;
}
