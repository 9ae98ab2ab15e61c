import { useEffect } from 'react';
import { isStale, startCheck } from '../../session/check';
import type { OwnSearch } from '../../session/checkStarters';
import { useCheckClient } from '../check/CheckContext';
import { CheckPanel } from '../check/CheckPanel';
import { SearchContext } from '../check/SearchContext';
import { useSessionStore } from '../useSession';

/** A development server's page has no search script beside it. */
const search: OwnSearch = import.meta.env.DEV
  ? { protocol: () => import('../../session/checkProtocol') }
  : {};

/** The check of what is on screen: in a worker, or where the page around forbids that, on the frame's own thread in slices. */
export function CheckView() {
  return (
    <SearchContext value={search}>
      <Check />
    </SearchContext>
  );
}

function Check() {
  const session = useSessionStore();
  const client = useCheckClient(session);
  // Whoever opens it asks; what it found before is still there.
  useEffect(() => {
    const state = session.getState();
    if (
      state.check.kind === 'idle' ||
      (state.check.kind === 'done' && isStale(state, state.check.of))
    )
      void startCheck(session, client);
  }, [session, client]);
  return <CheckPanel />;
}
