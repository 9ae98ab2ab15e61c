import { drawn, type Route } from './edgePath';
import type { Layout } from './layout';
import { layBeside, layingOf, stretchesIn, wayOf, type Laying, type Point } from './ways';

/** Who waits for what, or what is held by whom: an edge that comes and goes. */
export interface Tie {
  readonly source: string;
  readonly target: string;
  readonly label: string;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
interface Laid {
  readonly ways: readonly (readonly Point[])[];
  readonly laying: Laying;
}
interface Surroundings {
  readonly laying: Laying;
  readonly labels: readonly Box[];
}
interface Known {
  readonly laid: Map<string, Laid>;
  readonly routes: Map<string, readonly Route[]>;
}

/** With more at once than this, those that come later look out for none. */
const MOST = 12;
/** How many edges' room one of these takes in a gap: they are thick, and a circle of them has to be followed. */
const ROOM = 2;
/** A letter of a label, and its height with what stands around it. */
const LETTER = 6.6;
const LINE = 18;
/** Heads of lines side by side stand one after the other. */
const SIDES = [0.56, 0.44];
/** What it costs a label to lie over one node, over another label, over one line, and to stand away from where it belongs (for each px). */
const ON_NODE = 12;
const ON_LABEL = 40;
const ON_LINE = 2;
const AWAY = 0.01;

const known = new WeakMap<Layout, Known>();

/** How the waits and holds of one state run: each on a track of its own, in their order, with its label where it covers least, and nothing of what is `busy`. Same objects for the same edges. */
export function routeWaits(
  layout: Layout,
  ties: readonly Tie[],
  busy: readonly Box[] = [],
): readonly Route[] {
  const all = known.get(layout) ?? {
    laid: new Map<string, Laid>(),
    routes: new Map<string, readonly Route[]>(),
  };
  known.set(layout, all);
  let laid: Laid = { ways: [], laying: layingOf(layout) };
  let key = '';
  for (const tie of ties) {
    key += `${tie.source} ${tie.target} ${tie.label}; `;
    laid = all.laid.get(key) ?? withOne(layout, laid, tie);
    all.laid.set(key, laid);
  }
  key += busy.map(({ x, y, width }) => `${x} ${y} ${width}`).join('; ');
  const routes = all.routes.get(key) ?? labelled(layout, laid, ties, busy);
  all.routes.set(key, routes);
  return routes;
}

function withOne(layout: Layout, { ways, laying }: Laid, { source, target }: Tie): Laid {
  if (ways.length >= MOST) return { ways: [...ways, wayOf(layout, source, target)], laying };
  const next = layBeside(layout, source, target, laying, ROOM);
  return { ways: [...ways, next.way], laying: next.laying };
}

/** When all lines are known, so that no label lies under one. */
function labelled(
  layout: Layout,
  { ways, laying }: Laid,
  ties: readonly Tie[],
  busy: readonly Box[],
): readonly Route[] {
  const labels = [...busy];
  return ways.map((way, i): Route => {
    const { centre, box } = labelPlace(
      layout,
      way,
      { laying, labels },
      (ties[i]?.label.length ?? 0) * LETTER + 12,
    );
    labels.push(box);
    return {
      ...drawn(way, 0.5),
      labelAt: centre,
      middle: middleOf(way, SIDES[i % SIDES.length] ?? 0.5),
    };
  });
}

/** About the middle of the longest stretch. */
function middleOf(way: readonly Point[], part: number): Route['middle'] {
  let middle: Route['middle'];
  let longest = 0;
  way.slice(1).forEach((b, i) => {
    const a = way[i] ?? b;
    const length = Math.hypot(b.x - a.x, b.y - a.y);
    if (length <= longest) return;
    longest = length;
    middle = {
      x: a.x + (b.x - a.x) * part,
      y: a.y + (b.y - a.y) * part,
      dx: (b.x - a.x) / length,
      dy: (b.y - a.y) / length,
    };
  });
  return middle;
}

/** Where along its way a label covers least: by its beginning if nothing speaks against it. */
function labelPlace(
  layout: Layout,
  way: readonly Point[],
  there: Surroundings,
  width: number,
): { readonly centre: Point; readonly box: Box } {
  let best = { cost: Infinity, centre: way[0] ?? { x: 0, y: 0 } };
  let gone = 0;
  way.slice(1).forEach((b, i) => {
    const a = way[i] ?? b;
    const length = Math.hypot(b.x - a.x, b.y - a.y);
    const steps = Math.max(2, Math.ceil(length / 12));
    for (let step = 0; step <= steps; step++) {
      const part = step / steps;
      const centre = { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part };
      const cost = costOf(layout, boxAt(centre, width), there) + (gone + length * part) * AWAY;
      if (cost < best.cost) best = { cost, centre };
    }
    gone += length;
  });
  return { centre: best.centre, box: boxAt(best.centre, width) };
}

function boxAt({ x, y }: Point, width: number): Box {
  return { x: x - width / 2, y: y - LINE / 2, width, height: LINE };
}

function costOf({ places }: Layout, box: Box, { laying, labels }: Surroundings): number {
  let cost = stretchesIn(laying, box) * ON_LINE;
  for (const place of places.values()) if (meet(box, place)) cost += ON_NODE;
  for (const label of labels) if (meet(box, label)) cost += ON_LABEL;
  return cost;
}

function meet(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
