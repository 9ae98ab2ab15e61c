/** The address bar, or what stands for it in a test. */
export interface AddressBar {
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
  /** The storage of the tab, which outlasts a reload; absent in a frame. Even to ask for it may throw. */
  readonly storage?: () => Pick<Storage, 'getItem' | 'setItem'>;
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

/** The address of a page in a frame: it makes no entries in the history, which is that of the page around. */
export function frameAddressBarOf(page: Window): AddressBar {
  const { storage: _none, ...address } = addressBarOf(page);
  return { ...address, write: (hash) => page.history.replaceState(null, '', hash) };
}
