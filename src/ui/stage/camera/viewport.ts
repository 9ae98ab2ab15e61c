import type { Rect } from '../../../graph/layout/geometry';
import {
  type GraphLayout,
  type NodePlacement,
  type LayoutShape,
} from '../../../graph/layout/graphLayout';

/** Pan in pixels and scale, as React Flow has it. */
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
export const MAX_ZOOM = 2.5;
/** What is fitted is never larger than this. */
const MAX_FIT_ZOOM = 1.5;
/** Below this many pixels a screen is narrow: its stage has few columns and is scrolled. */
export const NARROW_SCREEN_PX = 460;
const SIDE_MARGIN = 6;
const TOP_MARGIN = 6;
/** Room for what hangs below the last row. */
const BOTTOM_MARGIN = 20;
/** From here on the rows of a node can be read: they are 16 px high where type is large. */
export const MIN_READABLE_ZOOM = 0.7;

/** Below this zoom nodes show less in larger type, and below that their names alone. */
const MIN_FULL_ZOOM = 0.96;
const MIN_COMPACT_ZOOM = 0.4;
/** Below this even a word more than is needed is too much. */
const MIN_LABEL_ZOOM = 0.69;
/** In type that grows with the distance, px of the stage for one of the screen, in steps of so much: not every frame of a zoom sets everything anew. */
const TYPE_SCALE_STEP = 1.03;

export interface DetailLevel {
  readonly level: 'near' | 'far' | 'miles';
  readonly terse: boolean;
  readonly typeScale: number;
}

/** How type is set at a zoom. */
export function detailLevelAt(zoom: number): DetailLevel {
  return {
    level: zoom >= MIN_FULL_ZOOM ? 'near' : zoom >= MIN_COMPACT_ZOOM ? 'far' : 'miles',
    terse: zoom < MIN_LABEL_ZOOM,
    typeScale:
      zoom >= MIN_FULL_ZOOM || zoom < MIN_COMPACT_ZOOM
        ? 1
        : TYPE_SCALE_STEP ** Math.ceil(Math.log(1 / zoom) / Math.log(TYPE_SCALE_STEP)),
  };
}

/** Where everything of a layout stands. */
export function boundsOf(places: Iterable<Rect>): Rect {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y, width, height } of places) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  }
  return left > right
    ? { x: 0, y: 0, width: 1, height: 1 }
    : { x: left, y: top, width: right - left, height: bottom - top };
}

/** The view that shows a whole box. */
export function fitViewport(box: Rect, screen: PixelSize): Viewport {
  const zoom = clamp(
    Math.min(
      (screen.width - 2 * SIDE_MARGIN) / box.width,
      (screen.height - BOTTOM_MARGIN - TOP_MARGIN) / box.height,
    ),
    MIN_ZOOM,
    MAX_FIT_ZOOM,
  );
  return {
    zoom,
    x: (screen.width - box.width * zoom) / 2 - box.x * zoom,
    y:
      TOP_MARGIN +
      (screen.height - BOTTOM_MARGIN - TOP_MARGIN - box.height * zoom) / 2 -
      box.y * zoom,
  };
}

/** The view that a stage opens with: everything, or on a narrow screen its whole width, from what the step is about. */
export function initialViewport(
  layout: GraphLayout,
  about: readonly NodePlacement[],
  screen: PixelSize,
): Viewport {
  const bounds = layoutBounds(layout);
  const whole = fitViewport(bounds, screen);
  if (screen.width >= NARROW_SCREEN_PX) return whole;
  const zoom = clamp((screen.width - SIDE_MARGIN) / bounds.width, MIN_ZOOM, MAX_FIT_ZOOM);
  const view: Viewport = {
    zoom,
    x: (screen.width - bounds.width * zoom) / 2 - bounds.x * zoom,
    y: TOP_MARGIN - bounds.y * zoom,
  };
  return (
    (about.length > 0
      ? panIntoView(view, boundsToShow(about, view, screen) ?? bounds, screen, zoom)
      : undefined) ?? view
  );
}

const CANDIDATE_COLUMNS: readonly number[] = [5, 4, 6, 7, 3, 8, 9, 10, 12, 14, 16];
/** Fewer rows of text than this say too little, more help nobody. */
const CANDIDATE_ROWS: readonly number[] = [3, 4, 5, 6];
const CANDIDATE_PACKINGS: readonly LayoutShape['packing'][] = ['tidy', 'packed'];
const CANDIDATE_SHAPES: readonly LayoutShape[] = CANDIDATE_PACKINGS.flatMap((packing) =>
  CANDIDATE_COLUMNS.flatMap((columns) =>
    CANDIDATE_ROWS.map((rows): LayoutShape => ({ columns, maxTextRows: rows, packing })),
  ),
);
/** Until the room for the stage is known. */
export const DEFAULT_SHAPE: LayoutShape = CANDIDATE_SHAPES[1] ?? {
  columns: 5,
  maxTextRows: 4,
  packing: 'tidy',
};
/** For a row of text more, and for lanes that are not broken, everything may be so much smaller. */
const EXTRA_ROW_FACTOR = 0.97;
const PACKED_FACTOR = 0.94;

/** The shape of the grid that fills a screen best: everything as large as can be, and then lanes in one piece and boxes with more rows. */
export function bestShape(
  sizeIn: (shape: LayoutShape) => PixelSize,
  screen: PixelSize,
): LayoutShape {
  let best = DEFAULT_SHAPE;
  let value = -Infinity;
  for (const shape of CANDIDATE_SHAPES) {
    const { zoom } = fitViewport({ x: 0, y: 0, ...sizeIn(shape) }, screen);
    const worth =
      Math.min(zoom, MAX_FIT_ZOOM) *
      EXTRA_ROW_FACTOR ** -(shape.maxTextRows - 3) *
      (shape.packing === 'packed' ? PACKED_FACTOR : 1);
    if (worth <= value + 1e-9) continue;
    value = worth;
    best = shape;
  }
  return best;
}

/** Everything of a layout, with its zones. */
export function layoutBounds({ placements: places, zones }: GraphLayout): Rect {
  return boundsOf([...zones, ...places.values()]);
}

/** The view moved just so far that a box is in sight, and out just so far that it fits; undefined where it is in sight already. */
export function panIntoView(
  view: Viewport,
  box: Rect,
  screen: PixelSize,
  least = 0.5,
): Viewport | undefined {
  const margin = screen.width < NARROW_SCREEN_PX ? SIDE_MARGIN / 2 : SIDE_MARGIN;
  const room = {
    width: screen.width - 2 * margin,
    height: screen.height - BOTTOM_MARGIN - TOP_MARGIN,
  };
  const zoom = Math.max(
    Math.min(view.zoom, room.width / box.width, room.height / box.height),
    Math.min(view.zoom, least),
  );
  const about =
    zoom === view.zoom
      ? view
      : {
          zoom,
          x: screen.width / 2 - ((screen.width / 2 - view.x) / view.zoom) * zoom,
          y: screen.height / 2 - ((screen.height / 2 - view.y) / view.zoom) * zoom,
        };
  const x = about.x + panDistance(box.x * zoom + about.x, box.width * zoom, margin, room.width);
  const y =
    about.y + panDistance(box.y * zoom + about.y, box.height * zoom, TOP_MARGIN, room.height);
  return x === view.x && y === view.y && zoom === view.zoom ? undefined : { x, y, zoom };
}

/** The box to bring into sight for places in order of weight: as many of them as fit on the screen at this zoom, the first always. */
export function boundsToShow(
  places: readonly NodePlacement[],
  view: Viewport,
  screen: PixelSize,
): Rect | undefined {
  const fits = ({ width, height }: Rect): boolean =>
    width * view.zoom <= screen.width - SIDE_MARGIN &&
    height * view.zoom <= screen.height - BOTTOM_MARGIN - TOP_MARGIN;
  let taken: readonly NodePlacement[] = [];
  for (const place of places) {
    const more = [...taken, place];
    if (taken.length === 0 || fits(boundsOf(more))) taken = more;
  }
  return taken.length > 0 ? boundsOf(taken) : undefined;
}

/** The view from so near that a box can be read: round about it, but never beyond the stage; the same view where it is near enough. */
export function zoomToReadable(
  view: Viewport,
  box: Rect,
  stage: Rect,
  screen: PixelSize,
): Viewport {
  if (view.zoom >= MIN_READABLE_ZOOM) return view;
  const pan = (at: number, length: number, from: number, whole: number, room: number): number => {
    const wanted = room / 2 - (at + length / 2) * MIN_READABLE_ZOOM;
    const [least, most] = [room - (from + whole) * MIN_READABLE_ZOOM, -from * MIN_READABLE_ZOOM];
    return least > most ? (least + most) / 2 : clamp(wanted, least, most);
  };
  return {
    zoom: MIN_READABLE_ZOOM,
    x: pan(box.x, box.width, stage.x, stage.width, screen.width),
    y: pan(box.y, box.height, stage.y, stage.height, screen.height),
  };
}

/** How far a span has to move to lie in the room; what is longer than the room shows its beginning. */
function panDistance(start: number, length: number, from: number, room: number): number {
  if (start < from || length > room) return from - start;
  return Math.min(0, from + room - (start + length));
}

/** The view zoomed about the middle of the screen. */
export function zoomAboutCenter(view: Viewport, by: number, screen: PixelSize): Viewport {
  const zoom = clamp(view.zoom * by, MIN_ZOOM, MAX_ZOOM);
  const grow = zoom / view.zoom;
  return {
    zoom,
    x: screen.width / 2 - (screen.width / 2 - view.x) * grow,
    y: screen.height / 2 - (screen.height / 2 - view.y) * grow,
  };
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
