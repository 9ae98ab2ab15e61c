import { useEffect } from 'react';
import { useCheckClient } from '../panels/check/useCheckClient';
import { CheckPanel } from '../panels/check/CheckPanel';
import { useSessionStore } from '../useSession';
import { isCheckOutOfDate } from '../../session/queries/checkSubject';
import { dispatch } from '../../session/actions/dispatch';

/** The check panel of an embed; opening it starts a check. */
export function EmbedCheck() {
  const session = useSessionStore();
  const client = useCheckClient(session);
  // A result that is up to date is shown again.
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
