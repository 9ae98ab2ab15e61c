import { registerDesigns } from '../designs/registry';
import { upstream } from '../designs/upstream/upstream';
import { FIRST, FIRST_ID } from '../scenario/first';
import type { Address } from './address';
import { arrange } from './arrange';
import { addressing } from './onDemand';
import { openScenario } from './openScenario';
import { createSession, type Session } from './session';

/** A session, and how the address bar is made to follow it. */
export interface Started {
  readonly session: Session;
  /** To be called once, when the page has time: it loads the codec of links. */
  readonly follow: () => void;
}

/** The session that an address asks for; where it asks for nothing, the first scenario with nothing but what that needs. */
export async function startSession(address: Address): Promise<Started> {
  if (address.hash().length > 1 || address.parameter('scenario') !== undefined) {
    const { tabSession } = await addressing.load();
    return { session: tabSession(address), follow: () => undefined };
  }
  registerDesigns([upstream]);
  const opened = openScenario(FIRST, FIRST_ID);
  if (!opened.ok)
    throw new Error(
      `the first scenario does not open: ${opened.errors.map(({ message }) => message).join('; ')}`,
    );
  const session = createSession(opened.run.setup, opened.run);
  arrange(session, { opening: true });
  const first = session.getState();
  return {
    session,
    follow: () =>
      addressing.use(session, ({ followInTab }) => followInTab(session, address, first)),
  };
}
