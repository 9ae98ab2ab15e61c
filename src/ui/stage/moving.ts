import type { Motion } from './effect';

let loaded: Motion | undefined;

/** What moves the stage, which is loaded once the page is at rest: nothing is told by movement alone, so the first step may have to do without. */
export function moving(): Motion | undefined {
  if (!loaded) void loadMotion();
  return loaded;
}

/** Loads it ahead. What fails to load is tried again with the next step. */
export async function loadMotion(): Promise<void> {
  try {
    loaded = (await import('./motion')).motion;
  } catch {
    loaded = undefined;
  }
}
