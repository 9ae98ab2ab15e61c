/** Below this zoom, nodes show fewer rows in larger type. */
const MIN_FULL_ZOOM = 0.96;
/** Below this zoom, nodes show only their names. */
export const MIN_COMPACT_ZOOM = 0.4;
/** Below this zoom, optional words are omitted. */
const MIN_LABEL_ZOOM = 0.69;
/** The type scale is a power of this, so that a zoom does not restyle the stage in every frame. */
const TYPE_SCALE_STEP = 1.03;

/** How much nodes show at a zoom, and in which size of type. */
export interface DetailLevel {
  readonly level: 'full' | 'compact' | 'names';
  /** Omit optional words. */
  readonly terse: boolean;
  /** Stage px per screen px at level `compact`, rounded up to a step; otherwise 1. */
  readonly typeScale: number;
}

export function detailLevelAt(zoom: number): DetailLevel {
  return {
    level: zoom >= MIN_FULL_ZOOM ? 'full' : zoom >= MIN_COMPACT_ZOOM ? 'compact' : 'names',
    terse: zoom < MIN_LABEL_ZOOM,
    typeScale:
      zoom >= MIN_FULL_ZOOM || zoom < MIN_COMPACT_ZOOM
        ? 1
        : TYPE_SCALE_STEP ** Math.ceil(Math.log(1 / zoom) / Math.log(TYPE_SCALE_STEP)),
  };
}
