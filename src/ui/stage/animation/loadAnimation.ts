import type { AnimationModule } from './effect';

let loaded: AnimationModule | undefined;

/** What moves the stage, which is loaded once the page is at rest: nothing is told by movement alone, so the first step may have to do without. */
export function loadedAnimation(): AnimationModule | undefined {
  if (!loaded) void loadAnimation();
  return loaded;
}

/** Loads it ahead. What fails to load is tried again with the next step. */
export async function loadAnimation(): Promise<void> {
  try {
    loaded = (await import('./animationModule')).animationModule;
  } catch {
    loaded = undefined;
  }
}
