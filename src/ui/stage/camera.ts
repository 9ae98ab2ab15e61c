import { type Layout, type Place, type Shape } from '../../graph/layout';

/** Pan in pixels and scale, as React Flow has it. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
export interface Extent {
  readonly width: number;
  readonly height: number;
}

export const MIN_ZOOM = 0.08;
export const MAX_ZOOM = 2.5;
/** What is fitted is never larger than this. */
const FULL = 1.5;
/** Below this many pixels a screen is narrow: its stage has few columns and is scrolled. */
export const NARROW_SCREEN = 460;
const MARGIN = 6;
const TOP = 6;
/** Room for what hangs below the last row. */
const BOTTOM = 20;
/** From here on the rows of a node can be read: they are 16 px high where type is large. */
export const READABLE = 0.7;

/** Below this zoom nodes show less in larger type, and below that their names alone. */
const FAR = 0.96;
const MILES = 0.4;
/** Below this even a word more than is needed is too much. */
const SMALL = 0.69;
/** In type that grows with the distance, px of the stage for one of the screen, in steps of so much: not every frame of a zoom sets everything anew. */
const STEP = 1.03;

export interface Nearness {
  readonly near: 'near' | 'far' | 'miles';
  readonly small: boolean;
  readonly px: number;
}

/** How type is set at a zoom. */
export function nearnessOf(zoom: number): Nearness {
  return {
    near: zoom >= FAR ? 'near' : zoom >= MILES ? 'far' : 'miles',
    small: zoom < SMALL,
    px: zoom >= FAR || zoom < MILES ? 1 : STEP ** Math.ceil(Math.log(1 / zoom) / Math.log(STEP)),
  };
}

/** Where everything of a layout stands. */
export function boundsOf(places: Iterable<Box>): Box {
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
export function viewOf(box: Box, screen: Extent): View {
  const zoom = clamp(
    Math.min((screen.width - 2 * MARGIN) / box.width, (screen.height - BOTTOM - TOP) / box.height),
    MIN_ZOOM,
    FULL,
  );
  return {
    zoom,
    x: (screen.width - box.width * zoom) / 2 - box.x * zoom,
    y: TOP + (screen.height - BOTTOM - TOP - box.height * zoom) / 2 - box.y * zoom,
  };
}

/** The view that a stage opens with: everything, or on a narrow screen its whole width, from what the step is about. */
export function openingView(layout: Layout, about: readonly Place[], screen: Extent): View {
  const bounds = extentOf(layout);
  const whole = viewOf(bounds, screen);
  if (screen.width >= NARROW_SCREEN) return whole;
  const zoom = clamp((screen.width - MARGIN) / bounds.width, MIN_ZOOM, FULL);
  const view: View = {
    zoom,
    x: (screen.width - bounds.width * zoom) / 2 - bounds.x * zoom,
    y: TOP - bounds.y * zoom,
  };
  return (
    (about.length > 0
      ? bringInto(view, boxFor(about, view, screen) ?? bounds, screen, zoom)
      : undefined) ?? view
  );
}

const COLUMNS: readonly number[] = [5, 4, 6, 7, 3, 8, 9, 10, 12, 14, 16];
/** Fewer rows of text than this say too little, more help nobody. */
const ROWS: readonly number[] = [3, 4, 5, 6];
const PACKINGS: readonly Shape['packing'][] = ['tidy', 'packed'];
const SHAPES: readonly Shape[] = PACKINGS.flatMap((packing) =>
  COLUMNS.flatMap((columns) => ROWS.map((rows): Shape => ({ columns, rows, packing }))),
);
/** Until the room for the stage is known. */
export const FIRST_SHAPE: Shape = SHAPES[1] ?? { columns: 5, rows: 4, packing: 'tidy' };
/** For a row of text more, and for lanes that are not broken, everything may be so much smaller. */
const WORTH = 0.97;
const TIDY = 0.94;

/** The shape of the grid that fills a screen best: everything as large as can be, and then lanes in one piece and boxes with more rows. */
export function bestShape(sizeIn: (shape: Shape) => Extent, screen: Extent): Shape {
  let best = FIRST_SHAPE;
  let value = -Infinity;
  for (const shape of SHAPES) {
    const { zoom } = viewOf({ x: 0, y: 0, ...sizeIn(shape) }, screen);
    const worth =
      Math.min(zoom, FULL) * WORTH ** -(shape.rows - 3) * (shape.packing === 'packed' ? TIDY : 1);
    if (worth <= value + 1e-9) continue;
    value = worth;
    best = shape;
  }
  return best;
}

/** Everything of a layout, with its zones. */
export function extentOf({ places, zones }: Layout): Box {
  return boundsOf([...zones, ...places.values()]);
}

/** The view moved just so far that a box is in sight, and out just so far that it fits; undefined where it is in sight already. */
export function bringInto(view: View, box: Box, screen: Extent, least = 0.5): View | undefined {
  const margin = screen.width < NARROW_SCREEN ? MARGIN / 2 : MARGIN;
  const room = { width: screen.width - 2 * margin, height: screen.height - BOTTOM - TOP };
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
  const x = about.x + shift(box.x * zoom + about.x, box.width * zoom, margin, room.width);
  const y = about.y + shift(box.y * zoom + about.y, box.height * zoom, TOP, room.height);
  return x === view.x && y === view.y && zoom === view.zoom ? undefined : { x, y, zoom };
}

/** The box to bring into sight for places in order of weight: as many of them as fit on the screen at this zoom, the first always. */
export function boxFor(places: readonly Place[], view: View, screen: Extent): Box | undefined {
  const fits = ({ width, height }: Box): boolean =>
    width * view.zoom <= screen.width - MARGIN &&
    height * view.zoom <= screen.height - BOTTOM - TOP;
  let taken: readonly Place[] = [];
  for (const place of places) {
    const more = [...taken, place];
    if (taken.length === 0 || fits(boundsOf(more))) taken = more;
  }
  return taken.length > 0 ? boundsOf(taken) : undefined;
}

/** The view from so near that a box can be read: round about it, but never beyond the stage; the same view where it is near enough. */
export function nearView(view: View, box: Box, stage: Box, screen: Extent): View {
  if (view.zoom >= READABLE) return view;
  const pan = (at: number, length: number, from: number, whole: number, room: number): number => {
    const wanted = room / 2 - (at + length / 2) * READABLE;
    const [least, most] = [room - (from + whole) * READABLE, -from * READABLE];
    return least > most ? (least + most) / 2 : clamp(wanted, least, most);
  };
  return {
    zoom: READABLE,
    x: pan(box.x, box.width, stage.x, stage.width, screen.width),
    y: pan(box.y, box.height, stage.y, stage.height, screen.height),
  };
}

/** How far a span has to move to lie in the room; what is longer than the room shows its beginning. */
function shift(start: number, length: number, from: number, room: number): number {
  if (start < from || length > room) return from - start;
  return Math.min(0, from + room - (start + length));
}

/** The view zoomed about the middle of the screen. */
export function zoomed(view: View, by: number, screen: Extent): View {
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
