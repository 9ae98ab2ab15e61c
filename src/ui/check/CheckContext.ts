import { useContext } from 'react';
import { makeCheckClient, type CheckClient } from '../../session/checkClient';
import { checkStarters } from '../../session/checkStarters';
import type { Session } from '../../session/session';
import { SearchContext } from './SearchContext';

const clients = new WeakMap<Session, CheckClient>();

/** The one client of a session: a check goes on while its panel is hidden. */
export function useCheckClient(session: Session): CheckClient {
  const search = useContext(SearchContext);
  const known = clients.get(session);
  if (known) return known;
  const client = makeCheckClient(checkStarters(document, search));
  clients.set(session, client);
  return client;
}
