/** Delay in browsers without idle callbacks (Safari), ms: longer than a frame. */
const FALLBACK_DELAY_MS = 50;

/** Calls back after the next frame is painted, when measuring forces no extra layout; returns how to cancel. */
export function afterPaint(callback: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const frame = requestAnimationFrame(() => {
    timer = setTimeout(callback);
  });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}

/** Calls back when the browser has nothing urgent to do; returns how to cancel. */
export function requestIdle(callback: () => void): () => void {
  if (typeof requestIdleCallback === 'undefined') {
    const timer = setTimeout(callback, FALLBACK_DELAY_MS);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(callback);
  return () => cancelIdleCallback(handle);
}
