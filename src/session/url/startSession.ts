import { registerDesigns } from '../../designs/registry';
import { design as upstream } from '../../designs/upstream/design';
import { DEFAULT_SCENARIO, DEFAULT_SCENARIO_ID } from '../../scenario/library/defaultScenario';
import type { AddressBar } from './addressBar';
import { setPageLayout } from '../actions/pageLayout';
import { urlSyncPart } from '../actions/lazyParts';
import { openScenario } from '../trace/openScenario';
import { createSession, type Session } from '../store/session';

/** A session, and how the address bar is made to follow it. */
export interface StartedSession {
  readonly session: Session;
  /** To be called once, when the page has time: it loads the codec of links. */
  readonly startUrlSync: () => void;
}

/** The session that an address asks for; where it asks for nothing, the first scenario with nothing but what that needs. */
export async function startSession(address: AddressBar): Promise<StartedSession> {
  if (address.hash().length > 1 || address.parameter('scenario') !== undefined) {
    const { sessionFromTabUrl } = await urlSyncPart.load();
    return { session: sessionFromTabUrl(address), startUrlSync: () => undefined };
  }
  registerDesigns([upstream]);
  const opened = openScenario(DEFAULT_SCENARIO, DEFAULT_SCENARIO_ID);
  if (!opened.ok)
    throw new Error(
      `the first scenario does not open: ${opened.errors.map(({ message }) => message).join('; ')}`,
    );
  const session = createSession(opened.run.setup, opened.run);
  setPageLayout(session, { autoplayIntro: true });
  const first = session.getState();
  return {
    session,
    startUrlSync: () =>
      urlSyncPart.whenLoaded(session, ({ syncTabUrl }) => syncTabUrl(session, address, first)),
  };
}
