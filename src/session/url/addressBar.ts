/** The address bar of a page; tests have their own. */
export interface AddressBar {
  /** The hash with its `#`; empty without one. */
  readonly hash: () => string;
  /** The value of a query parameter. */
  readonly parameter: (name: string) => string | undefined;
  /** Replaces the hash, or pushes a history entry. Throws if the browser refuses. */
  readonly write: (hash: string, how: 'push' | 'replace') => void;
  /** Calls `listener` when the user changes the hash: back, forward, or typed. */
  readonly onChange: (listener: () => void) => void;
  /** Calls `listener` before the page is left. */
  readonly onLeave: (listener: () => void) => void;
  /** The session storage of the tab; absent in a frame. Access may throw. */
  readonly storage?: () => Pick<Storage, 'getItem' | 'setItem'>;
}

/** The table that `?view=` asks for in place of the stage. */
export function requestedTable(address: AddressBar): 'compare' | 'verdicts' | undefined {
  const view = address.parameter('view');
  return view === 'compare' || view === 'verdicts' ? view : undefined;
}

/** The address bar of a page. */
export function addressBarOf(page: Window): AddressBar {
  return {
    hash: () => page.location.hash,
    parameter: (name) => new URLSearchParams(page.location.search).get(name) ?? undefined,
    write: (hash, how) =>
      page.history[how === 'push' ? 'pushState' : 'replaceState'](null, '', hash),
    onChange: (listener) => page.addEventListener('hashchange', listener),
    onLeave: (listener) => page.addEventListener('pagehide', listener),
    storage: () => page.sessionStorage,
  };
}

/** The address of a frame. It never pushes entries: the history belongs to the host page. */
export function frameAddressBarOf(page: Window): AddressBar {
  const { storage: _storage, ...address } = addressBarOf(page);
  return { ...address, write: (hash) => page.history.replaceState(null, '', hash) };
}
