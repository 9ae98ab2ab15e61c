/** The zoom that stages side by side have in common: the largest at which each of them would show everything. */
export interface SharedZoom {
  /** Reports the zoom at which a stage shows everything; `undefined` removes the stage. */
  readonly report: (stage: object, zoom: number | undefined) => void;
  /** Infinity before the first report. */
  readonly get: () => number;
  /** Calls back after each change; returns the unsubscribe function. */
  readonly subscribe: (listener: () => void) => () => void;
}

export function createSharedZoom(): SharedZoom {
  const zooms = new Map<object, number>();
  const listeners = new Set<() => void>();
  const get = (): number => Math.min(...zooms.values());
  return {
    report: (stage, zoom) => {
      const before = get();
      if (zoom === undefined) zooms.delete(stage);
      else zooms.set(stage, zoom);
      if (get() !== before) for (const listener of listeners) listener();
    },
    get,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
