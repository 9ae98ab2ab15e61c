import { registerDesigns } from '../../designs/registry';
import { design as upstream } from '../../designs/upstream/design';
import { DEFAULT_SCENARIO, DEFAULT_SCENARIO_ID } from '../../scenario/library/defaultScenario';
import { urlSyncPart } from '../actions/lazyParts';
import { setPageLayout } from '../actions/pageLayout';
import { createSession, type Session } from '../store/session';
import { openScenario } from '../trace/openScenario';
import { requestedTable, type AddressBar } from './addressBar';

/** A session, and the function that starts the synchronisation of the address bar. */
export interface StartedSession {
  readonly session: Session;
  /** Call once when the page is idle: it loads the permalink codec. */
  readonly startUrlSync: () => void;
}

/** The session for an address. Without a link or a scenario parameter it loads only what the default scenario needs. */
export async function startSession(address: AddressBar): Promise<StartedSession> {
  if (address.hash().length > 1 || address.parameter('scenario') !== undefined) {
    const { sessionFromTabUrl } = await urlSyncPart.load();
    return { session: sessionFromTabUrl(address), startUrlSync: () => undefined };
  }
  registerDesigns([upstream]);
  const opened = openScenario(DEFAULT_SCENARIO, DEFAULT_SCENARIO_ID);
  if (!opened.ok)
    throw new Error(
      `the default scenario does not open: ${opened.errors.map(({ message }) => message).join('; ')}`,
    );
  const session = createSession(opened.run.setup, opened.run);
  const table = requestedTable(address);
  setPageLayout(session, table ? { view: table } : { welcome: true });
  const initial = session.getState();
  return {
    session,
    startUrlSync: () =>
      urlSyncPart.whenLoaded(session, ({ syncTabUrl }) => syncTabUrl(session, address, initial)),
  };
}
