import { notify } from '../store/notifications';
import type { Session } from '../store/session';

/** A part of the program that is loaded when it is first wanted. */
export interface LazyModule<Part> {
  /** Loads it ahead; a part that failed to load is tried again. */
  readonly load: () => Promise<Part>;
  /** The part where it is loaded. */
  readonly loaded: () => Part | undefined;
  /** Does what needs the part: at once where it is loaded, else then. A part that does not load is told, and the session is unchanged. */
  readonly whenLoaded: (session: Session, act: (part: Part) => void) => void;
}

export function lazyModule<Part>(name: string, get: () => Promise<Part>): LazyModule<Part> {
  let part: Part | undefined;
  const load = async (): Promise<Part> => (part = await get());
  const wait = async (session: Session, act: (loaded: Part) => void): Promise<void> => {
    session.setState(({ pendingLoads: loading }) => ({ pendingLoads: loading + 1 }));
    try {
      act(await load());
    } catch (error) {
      notify(session, 'error', `${name} could not be loaded. The session is unchanged.`, [
        error instanceof Error ? error.message : String(error),
      ]);
    } finally {
      session.setState(({ pendingLoads: loading }) => ({ pendingLoads: loading - 1 }));
    }
  };
  return {
    load,
    loaded: () => part,
    whenLoaded: (session, act) => (part === undefined ? void wait(session, act) : act(part)),
  };
}
