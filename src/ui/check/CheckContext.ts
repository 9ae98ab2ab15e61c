import { createContext, useContext } from 'react';
import { makeCheckClient, type CheckClient, type WorkerLike } from '../../session/checkClient';
import type { Session } from '../../session/session';

/** How the page around starts a search worker; without it checks run on the page's own thread. */
export const WorkerContext = createContext<(() => WorkerLike) | undefined>(undefined);

const clients = new WeakMap<Session, CheckClient>();

/** The one client of a session: a check goes on while its panel is hidden. */
export function useCheckClient(session: Session): CheckClient {
  const starter = useContext(WorkerContext);
  const known = clients.get(session);
  if (known) return known;
  const client = makeCheckClient(starter ? [starter] : []);
  clients.set(session, client);
  return client;
}
