/** The smallest type on the screen, px: on a page, and in a presentation on a screen of this width. */
const MIN_TYPE_PX = 12;
const PRESENTATION = { width: 1920, typePx: 28 };

/** How much larger than on the page everything is: in a presentation, type is as large as the wall allows. */
export function stageScale(presenting: boolean, width: number): number {
  return presenting
    ? Math.max(1, ((width / PRESENTATION.width) * PRESENTATION.typePx) / MIN_TYPE_PX)
    : 1;
}

/** Below this zoom, nodes show fewer rows in larger type. All zooms here are for scale 1. */
export const MIN_FULL_ZOOM = 0.93;
/** Below this zoom of the whole graph, the camera follows the steps at `MIN_FULL_ZOOM`. */
export const MIN_OVERVIEW_ZOOM = 0.66;
/** Below this zoom, nodes show only their names. */
export const MIN_COMPACT_ZOOM = 0.4;
/** Below this zoom, optional words are omitted. */
const MIN_LABEL_ZOOM = 0.69;
/** From this zoom on, chips show their field. */
const MIN_CHIP_FIELD_ZOOM = 0.85;
/** The type scale is a power of this, so that a zoom does not restyle the stage in every frame. */
const TYPE_SCALE_STEP = 1.03;

/** How much nodes show at a zoom, and in which size of type. */
export interface DetailLevel {
  readonly level: 'full' | 'compact' | 'names';
  /** Omit optional words. */
  readonly terse: boolean;
  /** Chips show their field. */
  readonly chipFields: boolean;
  /** Stage px per screen px at level `compact`, rounded up to a step; otherwise 1. */
  readonly typeScale: number;
}

export function detailLevelAt(zoom: number): DetailLevel {
  return {
    level: zoom >= MIN_FULL_ZOOM ? 'full' : zoom >= MIN_COMPACT_ZOOM ? 'compact' : 'names',
    terse: zoom < MIN_LABEL_ZOOM,
    chipFields: zoom >= MIN_CHIP_FIELD_ZOOM,
    typeScale:
      zoom >= MIN_FULL_ZOOM || zoom < MIN_COMPACT_ZOOM
        ? 1
        : TYPE_SCALE_STEP ** Math.ceil(Math.log(1 / zoom) / Math.log(TYPE_SCALE_STEP)),
  };
}
