import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { Session, SessionState } from '../session/store/session';

/** The session of the components below. */
export const SessionContext = createContext<Session | undefined>(undefined);

/** The store itself, for actions: `step(session, 'qemu')`. */
export function useSessionStore(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('no SessionContext above this component');
  return session;
}

/** A value derived from the session; the component renders again only when it changes. */
export function useSession<T>(select: (state: SessionState) => T): T {
  return useStore(useSessionStore(), select);
}
