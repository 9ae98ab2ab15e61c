import { drawRoute, type EdgeRoute } from './edgePath';
import type { Point, Rect } from '../layout/geometry';
import type { GraphLayout } from '../layout/graphLayout';
import {
  routeBeside,
  plannedRouting,
  countSegmentsIn,
  waypointsOf,
  type RoutingState,
} from './edgeRouter';

/** Who waits for what, or what is held by whom: an edge that comes and goes. */
export interface WaitEdge {
  readonly source: string;
  readonly target: string;
  readonly label: string;
}

interface RoutedPrefix {
  readonly waypoints: readonly (readonly Point[])[];
  readonly routing: RoutingState;
}
interface LabelObstacles {
  readonly routing: RoutingState;
  readonly labels: readonly Rect[];
}
interface WaitRouteCache {
  readonly prefixes: Map<string, RoutedPrefix>;
  readonly routes: Map<string, readonly EdgeRoute[]>;
}

/** With more at once than this, those that come later look out for none. */
const MAX_SEPARATE_EDGES = 12;
/** How many edges' room one of these takes in a gap: they are thick, and a circle of them has to be followed. */
const EXTRA_TRAFFIC = 2;
/** A letter of a label, and its height with what stands around it. */
const LABEL_CHAR_WIDTH = 6.6;
const LABEL_HEIGHT = 18;
/** Heads of lines side by side stand one after the other. */
const ARROW_POSITIONS = [0.56, 0.44];
/** What it costs a label to lie over one node, over another label, over one line, and to stand away from where it belongs (for each px). */
const NODE_OVERLAP_COST = 12;
const LABEL_OVERLAP_COST = 40;
const EDGE_OVERLAP_COST = 2;
const DISTANCE_COST = 0.01;

const waitRouteCaches = new WeakMap<GraphLayout, WaitRouteCache>();

/** How the waits and holds of one state run: each on a track of its own, in their order, with its label where it covers least, and nothing of what is `busy`. Same objects for the same edges. */
export function routeWaitEdges(
  layout: GraphLayout,
  ties: readonly WaitEdge[],
  busy: readonly Rect[] = [],
): readonly EdgeRoute[] {
  const all = waitRouteCaches.get(layout) ?? {
    prefixes: new Map<string, RoutedPrefix>(),
    routes: new Map<string, readonly EdgeRoute[]>(),
  };
  waitRouteCaches.set(layout, all);
  let laid: RoutedPrefix = { waypoints: [], routing: plannedRouting(layout) };
  let key = '';
  for (const tie of ties) {
    key += `${tie.source} ${tie.target} ${tie.label}; `;
    laid = all.prefixes.get(key) ?? routeNext(layout, laid, tie);
    all.prefixes.set(key, laid);
  }
  key += busy.map(({ x, y, width }) => `${x} ${y} ${width}`).join('; ');
  const routes = all.routes.get(key) ?? placeLabels(layout, laid, ties, busy);
  all.routes.set(key, routes);
  return routes;
}

function routeNext(
  layout: GraphLayout,
  { waypoints: ways, routing: laying }: RoutedPrefix,
  { source, target }: WaitEdge,
): RoutedPrefix {
  if (ways.length >= MAX_SEPARATE_EDGES)
    return { waypoints: [...ways, waypointsOf(layout, source, target)], routing: laying };
  const next = routeBeside(layout, source, target, laying, EXTRA_TRAFFIC);
  return { waypoints: [...ways, next.way], routing: next.laying };
}

/** When all lines are known, so that no label lies under one. */
function placeLabels(
  layout: GraphLayout,
  { waypoints: ways, routing: laying }: RoutedPrefix,
  ties: readonly WaitEdge[],
  busy: readonly Rect[],
): readonly EdgeRoute[] {
  const labels = [...busy];
  return ways.map((way, i): EdgeRoute => {
    const { centre, box } = bestLabelPosition(
      layout,
      way,
      { routing: laying, labels },
      (ties[i]?.label.length ?? 0) * LABEL_CHAR_WIDTH + 12,
    );
    labels.push(box);
    return {
      ...drawRoute(way, 0.5),
      labelPosition: centre,
      midpoint: midpointOf(way, ARROW_POSITIONS[i % ARROW_POSITIONS.length] ?? 0.5),
    };
  });
}

/** About the middle of the longest stretch. */
function midpointOf(way: readonly Point[], part: number): EdgeRoute['midpoint'] {
  let middle: EdgeRoute['midpoint'];
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
function bestLabelPosition(
  layout: GraphLayout,
  way: readonly Point[],
  there: LabelObstacles,
  width: number,
): { readonly centre: Point; readonly box: Rect } {
  let best = { cost: Infinity, centre: way[0] ?? { x: 0, y: 0 } };
  let gone = 0;
  way.slice(1).forEach((b, i) => {
    const a = way[i] ?? b;
    const length = Math.hypot(b.x - a.x, b.y - a.y);
    const steps = Math.max(2, Math.ceil(length / 12));
    for (let step = 0; step <= steps; step++) {
      const part = step / steps;
      const centre = { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part };
      const cost =
        labelCost(layout, labelRect(centre, width), there) + (gone + length * part) * DISTANCE_COST;
      if (cost < best.cost) best = { cost, centre };
    }
    gone += length;
  });
  return { centre: best.centre, box: labelRect(best.centre, width) };
}

function labelRect({ x, y }: Point, width: number): Rect {
  return { x: x - width / 2, y: y - LABEL_HEIGHT / 2, width, height: LABEL_HEIGHT };
}

function labelCost(
  { placements: places }: GraphLayout,
  box: Rect,
  { routing: laying, labels }: LabelObstacles,
): number {
  let cost = countSegmentsIn(laying, box) * EDGE_OVERLAP_COST;
  for (const place of places.values()) if (overlap(box, place)) cost += NODE_OVERLAP_COST;
  for (const label of labels) if (overlap(box, label)) cost += LABEL_OVERLAP_COST;
  return cost;
}

function overlap(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
