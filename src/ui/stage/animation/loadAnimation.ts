import type { AnimationModule } from './effect';

let loaded: AnimationModule | undefined;

/** The animation code if it has loaded; otherwise starts loading it, and this step is not animated. */
export function loadedAnimation(): AnimationModule | undefined {
  if (!loaded) void loadAnimation();
  return loaded;
}

/** Loads the animation code. A failed load is retried with the next step. */
export async function loadAnimation(): Promise<void> {
  try {
    loaded = (await import('./animationModule')).animationModule;
  } catch {
    loaded = undefined;
  }
}
