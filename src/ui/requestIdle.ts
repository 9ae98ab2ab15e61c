/** A browser without idle callbacks (Safari) waits for so long, ms: a frame and its painting are over by then. */
const FALLBACK_DELAY_MS = 50;

/** Calls back once, when the frames that are due have been drawn; returns how to give that up. */
export function requestIdle(callback: () => void): () => void {
  if (typeof requestIdleCallback === 'undefined') {
    const timer = setTimeout(callback, FALLBACK_DELAY_MS);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(callback);
  return () => cancelIdleCallback(handle);
}
