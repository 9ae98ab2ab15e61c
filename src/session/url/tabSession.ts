import type { Session, SessionState } from '../store/session';
import type { AddressBar } from './addressBar';
import { makeStoredBranches, openStoredBranches } from './storedBranches';
import { sessionFromUrl, syncUrl, type BranchStorage } from './urlSync';

const STORAGE_KEY = 'vfio-playground.branches';

/** The session for the address of a tab, with the branches that the tab has stored. */
export function sessionFromTabUrl(address: AddressBar): Session {
  return sessionFromUrl(address, branchStorageOf(address));
}

/** Keeps the address and the stored branches of a tab in sync with the session, changes since `seen` included. */
export function syncTabUrl(session: Session, address: AddressBar, seen: SessionState): void {
  syncUrl(session, address, branchStorageOf(address), seen);
}

/** If the storage is full or refused, a reload restores the address only. */
function branchStorageOf({ storage }: AddressBar): BranchStorage {
  const ifAllowed = <T>(access: () => T): T | undefined => {
    try {
      return access();
    } catch (error) {
      if (error instanceof DOMException) return undefined;
      throw error;
    }
  };
  return {
    save: (state, hashBefore) => {
      const text = makeStoredBranches(state, hashBefore);
      ifAllowed(() => storage?.().setItem(STORAGE_KEY, text));
    },
    restore: (hash) =>
      openStoredBranches(hash, ifAllowed(() => storage?.().getItem(STORAGE_KEY)) ?? undefined),
  };
}
