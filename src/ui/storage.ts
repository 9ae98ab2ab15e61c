const KEY_PREFIX = 'vfio-playground.';

/** The stored value of a key, if any. Storage throws in frames of another site. */
export function readStored(key: string): string | undefined {
  try {
    return localStorage.getItem(KEY_PREFIX + key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Stores a value for the next visit; does nothing if the browser refuses. */
export function writeStored(key: string, value: string): void {
  try {
    localStorage.setItem(KEY_PREFIX + key, value);
  } catch {
    // The value lasts for this visit only.
  }
}
