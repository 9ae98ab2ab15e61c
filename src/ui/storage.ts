const PREFIX = 'vfio-playground.';

/** What was remembered under a key; undefined where storage is refused (it throws in frames of another site). */
export function recall(key: string): string | undefined {
  try {
    return localStorage.getItem(PREFIX + key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Remembers a value for the next visit, where storage allows. */
export function remember(key: string, value: string): boolean {
  try {
    localStorage.setItem(PREFIX + key, value);
    return true;
  } catch {
    return false;
  }
}
