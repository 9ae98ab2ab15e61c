import type { Address } from './address';
import { makeKept, openKept } from './keptBranches';
import { followSession, sessionAt, type Keeping } from './permalinkAddress';
import type { Session, SessionState } from './session';

const KEY = 'vfio-playground.branches';

/** The session that the address of a tab asks for, with the branches that the tab has kept. */
export function tabSession(address: Address): Session {
  return sessionAt(address, keepingIn(address));
}

/** Keeps the address of a tab at what is on screen, and the branches beside it. What has changed since `seen` is written too. */
export function followInTab(session: Session, address: Address, seen: SessionState): void {
  followSession(session, address, keepingIn(address), seen);
}

/** Where storage is full or refused, a reload gives what the address says. */
function keepingIn({ storage }: Address): Keeping {
  const allowed = <T>(act: () => T): T | undefined => {
    try {
      return act();
    } catch (error) {
      if (error instanceof DOMException) return undefined;
      throw error;
    }
  };
  return {
    keep: (state, before) => {
      const text = makeKept(state, before);
      allowed(() => storage?.().setItem(KEY, text));
    },
    open: (hash) => openKept(hash, allowed(() => storage?.().getItem(KEY)) ?? undefined),
  };
}
