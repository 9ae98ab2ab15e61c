import { notify } from '../store/notifications';
import type { Session } from '../store/session';

/** A part of the program that is loaded when it is first wanted. */
export interface LazyPart<Part> {
  /** Loads it ahead; a part that failed to load is tried again. */
  readonly load: () => Promise<Part>;
  /** The part where it is loaded. */
  readonly loaded: () => Part | undefined;
  /** Does what needs the part: at once where it is loaded, else then. A part that does not load is told, and the session is unchanged. */
  readonly whenLoaded: (session: Session, act: (part: Part) => void) => void;
}

function lazyPart<Part>(name: string, get: () => Promise<Part>): LazyPart<Part> {
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

/** A part that finds built-in scenarios and designs, when all of them are there. */
async function withLibrary<Part>(part: Promise<Part>): Promise<Part> {
  await import('../../scenario/library/library');
  return part;
}

/** The built-in library, the other designs, the file format, and what opens scenarios. */
export const libraryPart = lazyPart('The library of scenarios', () =>
  withLibrary(import('./showScenario')),
);

/** Links, and the address bar that follows the session. */
export const urlSyncPart = lazyPart('The reader of links', () =>
  withLibrary(import('../url/tabSession')),
);

/** Checks, and changes of rows for them. */
export const checkPart = lazyPart('The checker', () => import('./check'));

/** The tour. */
export const tourPart = lazyPart('The tour', () => import('./tour'));

/** What follows in the list of scenarios: needs all of it, which an embed does without. */
export const nextScenarioPart = lazyPart('The next scenario', () => import('./nextScenario'));
