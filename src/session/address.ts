/** The address bar, or what stands for it in a test. */
export interface Address {
  /** The hash with its `#`, empty without one. */
  readonly hash: () => string;
  /** The value of a parameter behind `?`. */
  readonly parameter: (name: string) => string | undefined;
  /** Writes the hash; throws where the browser does not let it. */
  readonly write: (hash: string, how: 'push' | 'replace') => void;
  /** Calls back when the hash changes from outside: back, forward, or typed. */
  readonly onChange: (listener: () => void) => void;
  /** Calls back when the page is left. */
  readonly onLeave: (listener: () => void) => void;
  /** What a tab keeps beside its address; absent in a frame. */
  readonly shelf?: Shelf;
}

/** A text that outlasts a reload of the tab. */
interface Shelf {
  /** Undefined where nothing was kept, or storage is refused. */
  readonly recall: () => string | undefined;
  /** Does nothing where storage is refused. */
  readonly keep: (text: string) => void;
}

/** The address bar of a page. */
export function addressOf(page: Window): Address {
  return {
    hash: () => page.location.hash,
    parameter: (name) => new URLSearchParams(page.location.search).get(name) ?? undefined,
    write: (hash, how) => page.history[how === 'push' ? 'pushState' : 'replaceState'](null, '', hash),
    onChange: (listener) => page.addEventListener('hashchange', listener),
    onLeave: (listener) => page.addEventListener('pagehide', listener),
    shelf: shelfOf(() => page.sessionStorage),
  };
}

/** Even to ask for storage may throw. */
function shelfOf(storage: () => Storage): Shelf {
  const key = 'vfio-playground.branches';
  return {
    recall: () => {
      try {
        return storage().getItem(key) ?? undefined;
      } catch {
        return undefined;
      }
    },
    keep: (text) => {
      try {
        storage().setItem(key, text);
      } catch {
        // Full or refused: a reload then keeps what the address says.
      }
    },
  };
}

/** The address of a page in a frame: it makes no entries in the history, which is that of the page around. */
export function frameAddressOf(page: Window): Address {
  const { shelf: _none, ...address } = addressOf(page);
  return { ...address, write: (hash) => page.history.replaceState(null, '', hash) };
}
