import type { AddressBar } from './addressBar';
import { makeStoredBranches, openStoredBranches } from './storedBranches';
import { syncUrl, sessionFromUrl, type BranchStorage } from './urlSync';
import type { Session, SessionState } from '../store/session';

const STORAGE_KEY = 'vfio-playground.branches';

/** The session that the address of a tab asks for, with the branches that the tab has kept. */
export function sessionFromTabUrl(address: AddressBar): Session {
  return sessionFromUrl(address, branchStorageOf(address));
}

/** Keeps the address of a tab at what is on screen, and the branches beside it. What has changed since `seen` is written too. */
export function syncTabUrl(session: Session, address: AddressBar, seen: SessionState): void {
  syncUrl(session, address, branchStorageOf(address), seen);
}

/** Where storage is full or refused, a reload gives what the address says. */
function branchStorageOf({ storage }: AddressBar): BranchStorage {
  const allowed = <T>(act: () => T): T | undefined => {
    try {
      return act();
    } catch (error) {
      if (error instanceof DOMException) return undefined;
      throw error;
    }
  };
  return {
    save: (state, before) => {
      const text = makeStoredBranches(state, before);
      allowed(() => storage?.().setItem(STORAGE_KEY, text));
    },
    restore: (hash) =>
      openStoredBranches(hash, allowed(() => storage?.().getItem(STORAGE_KEY)) ?? undefined),
  };
}
