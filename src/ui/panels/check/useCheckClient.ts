import { useContext } from 'react';
import { makeCheckClient, type CheckClient } from '../../../check-worker/checkClient';
import { workerFactories } from '../../../check-worker/workerFactories';
import type { Session } from '../../../session/store/session';
import { CheckWorkerContext } from './CheckWorkerContext';

const clientBySession = new WeakMap<Session, CheckClient>();

/** The check client of a session: a check continues while its panel is hidden. */
export function useCheckClient(session: Session): CheckClient {
  const createWorker = useContext(CheckWorkerContext);
  const known = clientBySession.get(session);
  if (known) return known;
  const client = makeCheckClient(workerFactories(createWorker));
  clientBySession.set(session, client);
  return client;
}
