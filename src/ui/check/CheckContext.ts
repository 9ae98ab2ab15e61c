import { useContext } from 'react';
import { makeCheckClient, type CheckClient } from '../../session/checkClient';
import type { Session } from '../../session/session';
import { WorkerContext } from './WorkerContext';

const clients = new WeakMap<Session, CheckClient>();

/** The one client of a session: a check goes on while its panel is hidden. */
export function useCheckClient(session: Session): CheckClient {
  const starters = useContext(WorkerContext);
  const known = clients.get(session);
  if (known) return known;
  const client = makeCheckClient(starters);
  clients.set(session, client);
  return client;
}
