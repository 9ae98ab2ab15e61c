import type { Rect } from '../../../graph/layout/geometry';
import type { GraphLayout, NodePlacement } from '../../../graph/layout/graphLayout';

/** Pan in screen px and scale, as in React Flow. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

export const MIN_ZOOM = 0.08;
export const MAX_ZOOM = 3.6;
export const MAX_FIT_ZOOM = 1.5;
/** A narrower stage has few columns and scrolls vertically. */
export const NARROW_SCREEN_PX = 460;
const SIDE_MARGIN = 6;
const TOP_MARGIN = 6;
/** Room for badges below the last row, at zoom 1 and below. */
const BOTTOM_MARGIN = 20;

/** The smallest rectangle that contains all of these. */
export function boundsOf(rects: Iterable<Rect>): Rect {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y, width, height } of rects) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  }
  return left > right
    ? { x: 0, y: 0, width: 1, height: 1 }
    : { x: left, y: top, width: right - left, height: bottom - top };
}

/** Bounds of the nodes and the lanes of a layout. */
export function layoutBounds({ placements, zones }: GraphLayout): Rect {
  return boundsOf([...zones, ...placements.values()]);
}

/** The viewport that shows all of `rect`, centered. */
export function fitViewport(rect: Rect, screen: PixelSize, maxZoom = MAX_FIT_ZOOM): Viewport {
  const zoom = clamp(
    Math.min(
      (screen.width - 2 * SIDE_MARGIN) / rect.width,
      (screen.height - BOTTOM_MARGIN - TOP_MARGIN) / rect.height,
      (screen.height - TOP_MARGIN) / (rect.height + BOTTOM_MARGIN),
    ),
    MIN_ZOOM,
    maxZoom,
  );
  const bottom = BOTTOM_MARGIN * Math.max(1, zoom);
  return {
    zoom,
    x: (screen.width - rect.width * zoom) / 2 - rect.x * zoom,
    y: TOP_MARGIN + (screen.height - bottom - TOP_MARGIN - rect.height * zoom) / 2 - rect.y * zoom,
  };
}

/** The viewport a stage opens with: the whole layout; on a narrow screen its full width, scrolled to the touched nodes. */
export function initialViewport(
  layout: GraphLayout,
  touched: readonly NodePlacement[],
  screen: PixelSize,
  maxZoom = MAX_FIT_ZOOM,
): Viewport {
  const bounds = layoutBounds(layout);
  if (screen.width >= NARROW_SCREEN_PX) return fitViewport(bounds, screen, maxZoom);
  const zoom = clamp((screen.width - SIDE_MARGIN) / bounds.width, MIN_ZOOM, MAX_FIT_ZOOM);
  const top: Viewport = {
    zoom,
    x: (screen.width - bounds.width * zoom) / 2 - bounds.x * zoom,
    y: TOP_MARGIN - bounds.y * zoom,
  };
  return (
    (touched.length > 0
      ? panIntoView(top, boundsToShow(touched, top, screen) ?? bounds, screen, zoom)
      : undefined) ?? top
  );
}

/** Whether a viewport shows all of `rect`. */
export function isInView({ x, y, zoom }: Viewport, rect: Rect, screen: PixelSize): boolean {
  const left = rect.x * zoom + x;
  const top = rect.y * zoom + y;
  return (
    left >= 0 &&
    top >= 0 &&
    left + rect.width * zoom <= screen.width &&
    top + rect.height * zoom <= screen.height
  );
}

/**
 * Pans as little as needed to make `rect` visible, and zooms out (down to `minZoom`) as little as needed to fit it.
 * Undefined if it is visible already.
 */
export function panIntoView(
  viewport: Viewport,
  rect: Rect,
  screen: PixelSize,
  minZoom = 0.5,
): Viewport | undefined {
  const margin = screen.width < NARROW_SCREEN_PX ? SIDE_MARGIN / 2 : SIDE_MARGIN;
  const inner = {
    width: screen.width - 2 * margin,
    height: screen.height - BOTTOM_MARGIN - TOP_MARGIN,
  };
  const zoom = Math.max(
    Math.min(viewport.zoom, inner.width / rect.width, inner.height / rect.height),
    Math.min(viewport.zoom, minZoom),
  );
  const zoomed = zoom === viewport.zoom ? viewport : withZoom(viewport, zoom, screen);
  const x =
    zoomed.x + panDistance(rect.x * zoom + zoomed.x, rect.width * zoom, margin, inner.width);
  const y =
    zoomed.y + panDistance(rect.y * zoom + zoomed.y, rect.height * zoom, TOP_MARGIN, inner.height);
  return x === viewport.x && y === viewport.y && zoom === viewport.zoom
    ? undefined
    : { x, y, zoom };
}

/** Bounds of as many placements as fit on the screen at this zoom. The most important comes first and is always included. */
export function boundsToShow(
  placements: readonly NodePlacement[],
  viewport: Viewport,
  screen: PixelSize,
): Rect | undefined {
  const fits = ({ width, height }: Rect): boolean =>
    width * viewport.zoom <= screen.width - SIDE_MARGIN &&
    height * viewport.zoom <= screen.height - BOTTOM_MARGIN - TOP_MARGIN;
  let shown: readonly NodePlacement[] = [];
  for (const placement of placements) {
    const more = [...shown, placement];
    if (shown.length === 0 || fits(boundsOf(more))) shown = more;
  }
  return shown.length > 0 ? boundsOf(shown) : undefined;
}

/** The view is left at a zoom up to this factor below that of the best close-up. */
const STAY_FACTOR = 1.7;

/**
 * The zoom of a close-up that shows all of `rect`, if that is possible between `min` and `max`: the current one if it is larger
 * than `keepAbove` and near the best, which shows all of `ahead`. Zooms are `step` apart.
 */
export function closeUpZoomFor(
  current: number,
  rect: Rect,
  screen: PixelSize,
  {
    min,
    max,
    step,
    keepAbove = min,
  }: {
    readonly min: number;
    readonly max: number;
    readonly step: number;
    readonly keepAbove?: number;
  },
  ahead = rect,
): number {
  const largest = fitViewport(rect, screen, MAX_ZOOM).zoom;
  const fitting = fitViewport(ahead, screen, MAX_ZOOM).zoom;
  const steps = Math.ceil(Math.log(max / Math.min(fitting, max)) / Math.log(step) - 1e-9);
  const best = Math.max(min, max / step ** steps);
  return current > keepAbove && current <= Math.max(largest, best) && current >= best / STAY_FACTOR
    ? current
    : best;
}

/** Zooms to `rect`, if possible without showing anything outside `stage`. The same viewport if it has that zoom already. */
export function closeUp(
  viewport: Viewport,
  rect: Rect,
  stage: Rect,
  screen: PixelSize,
  zoom: number,
): Viewport {
  if (viewport.zoom === zoom) return viewport;
  const pan = (
    start: number,
    length: number,
    stageStart: number,
    stageLength: number,
    screenLength: number,
  ): number => {
    const centered = screenLength / 2 - (start + length / 2) * zoom;
    const min = screenLength - (stageStart + stageLength) * zoom;
    const max = -stageStart * zoom;
    return min > max ? (min + max) / 2 : clamp(centered, min, max);
  };
  return {
    zoom,
    x: pan(rect.x, rect.width, stage.x, stage.width, screen.width),
    y: pan(rect.y, rect.height, stage.y, stage.height, screen.height),
  };
}

/** How far to move a span into a range; a span longer than the range is aligned at its start. */
function panDistance(
  start: number,
  length: number,
  rangeStart: number,
  rangeLength: number,
): number {
  if (start < rangeStart || length > rangeLength) return rangeStart - start;
  return Math.min(0, rangeStart + rangeLength - (start + length));
}

/** Multiplies the zoom and keeps the center of the screen in place. */
export function zoomAboutCenter(viewport: Viewport, factor: number, screen: PixelSize): Viewport {
  return withZoom(viewport, clamp(viewport.zoom * factor, MIN_ZOOM, MAX_ZOOM), screen);
}

function withZoom(viewport: Viewport, zoom: number, screen: PixelSize): Viewport {
  const factor = zoom / viewport.zoom;
  return {
    zoom,
    x: screen.width / 2 - (screen.width / 2 - viewport.x) * factor,
    y: screen.height / 2 - (screen.height / 2 - viewport.y) * factor,
  };
}

function clamp(value: number, min: number, max: number): number {
  return Math.max(min, Math.min(max, value));
}
