const KEY_PREFIX = 'vfio-playground.';

/** What was remembered under a key; undefined where storage is refused (it throws in frames of another site). */
export function readStored(key: string): string | undefined {
  try {
    return localStorage.getItem(KEY_PREFIX + key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Remembers a value for the next visit, where storage allows. */
export function writeStored(key: string, value: string): boolean {
  try {
    localStorage.setItem(KEY_PREFIX + key, value);
    return true;
  } catch {
    return false;
  }
}
