import { labelRect, overlap } from './edgeLabel';
import { drawRoute, type EdgeRoute } from './edgePath';
import type { Point, Rect } from '../layout/geometry';
import type { GraphLayout } from '../layout/graphLayout';
import { routeBeside, plannedRouting, waypointsOf, type RoutingState } from './edgeRouter';
import { countSegmentsIn } from './segmentIndex';

/*
 * Incremental routing of the edges that come and go, in a fixed order: each one is routed clear of all before it. Then
 * greedy label placement: along its edge, each label takes the position of least cost, preferring the start.
 *
 *   [ a ]----(a waits)----------->>[ lock ]
 *     ^                                |
 *     |              >                 |       >  arrow head at the middle of the longest segment
 *     +------------(held by b)---------+
 */

/** A wait, hold or use edge before it is routed. */
export interface WaitEdge {
  readonly source: string;
  readonly target: string;
  readonly label: string;
}

/** The first edges of a list, routed. */
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

/** Edges beyond this number are routed as if they were alone. */
const MAX_SEPARATE_EDGES = 12;
/** Traffic that such an edge adds to a gap besides its own passage: it is thick, and a cycle must be easy to follow. */
const EXTRA_TRAFFIC = 2;
/** Width of a character and height of a label with its padding, px. */
const LABEL_CHAR_WIDTH = 7.3;
const LABEL_HEIGHT = 20;
/** Alternating, as parts of the longest segment: heads of parallel edges do not touch. */
const ARROW_POSITIONS = [0.56, 0.44];
/** Cost of a label position: per node, label and segment that it covers, and per px from the start of the edge. */
const NODE_OVERLAP_COST = 30;
const LABEL_OVERLAP_COST = 40;
const EDGE_OVERLAP_COST = 2;
const DISTANCE_COST = 0.01;
/** A label stays on its edge, but need not be centred: in the channel between two rows it can keep clear of both. Px, and cost per px. */
const LABEL_OFFSETS = [0, -4, 4, -8, 8];
const OFFSET_COST = 0.3;

const waitRouteCaches = new WeakMap<GraphLayout, WaitRouteCache>();

/** Routes for the task edges of one state, in their order. Labels avoid `obstacles`. Same objects for the same edges and obstacles. */
export function routeWaitEdges(
  layout: GraphLayout,
  edges: readonly WaitEdge[],
  obstacles: readonly Rect[] = [],
): readonly EdgeRoute[] {
  const cache = waitRouteCaches.get(layout) ?? {
    prefixes: new Map<string, RoutedPrefix>(),
    routes: new Map<string, readonly EdgeRoute[]>(),
  };
  waitRouteCaches.set(layout, cache);
  let prefix: RoutedPrefix = { waypoints: [], routing: plannedRouting(layout) };
  let key = '';
  for (const edge of edges) {
    key += `${edge.source} ${edge.target} ${edge.label}; `;
    prefix = cache.prefixes.get(key) ?? routeNext(layout, prefix, edge);
    cache.prefixes.set(key, prefix);
  }
  key += obstacles.map(({ x, y, width }) => `${x} ${y} ${width}`).join('; ');
  const routes = cache.routes.get(key) ?? placeLabels(layout, prefix, edges, obstacles);
  cache.routes.set(key, routes);
  return routes;
}

function routeNext(
  layout: GraphLayout,
  { waypoints, routing }: RoutedPrefix,
  { source, target }: WaitEdge,
): RoutedPrefix {
  if (waypoints.length >= MAX_SEPARATE_EDGES)
    return { waypoints: [...waypoints, waypointsOf(layout, source, target)], routing };
  const next = routeBeside(layout, source, target, routing, EXTRA_TRAFFIC);
  return { waypoints: [...waypoints, next.waypoints], routing: next.routing };
}

/** After all edges are routed, so that no label covers a later one. */
function placeLabels(
  layout: GraphLayout,
  { waypoints: all, routing }: RoutedPrefix,
  edges: readonly WaitEdge[],
  obstacles: readonly Rect[],
): readonly EdgeRoute[] {
  const labels = [...obstacles];
  return all.map((waypoints, i): EdgeRoute => {
    const { centre, rect } = bestLabelPosition(
      layout,
      waypoints,
      { routing, labels },
      (edges[i]?.label.length ?? 0) * LABEL_CHAR_WIDTH + 12,
    );
    labels.push(rect);
    return {
      ...drawRoute(waypoints, 0.5),
      labelPosition: centre,
      midpoint: midpointOf(waypoints, ARROW_POSITIONS[i % ARROW_POSITIONS.length] ?? 0.5),
    };
  });
}

/** The point at `part` (0 to 1) of the longest segment. */
function midpointOf(waypoints: readonly Point[], part: number): EdgeRoute['midpoint'] {
  let midpoint: EdgeRoute['midpoint'];
  let longest = 0;
  waypoints.slice(1).forEach((b, i) => {
    const a = waypoints[i] ?? b;
    const length = Math.hypot(b.x - a.x, b.y - a.y);
    if (length <= longest) return;
    longest = length;
    midpoint = {
      x: a.x + (b.x - a.x) * part,
      y: a.y + (b.y - a.y) * part,
      dx: (b.x - a.x) / length,
      dy: (b.y - a.y) / length,
    };
  });
  return midpoint;
}

function bestLabelPosition(
  layout: GraphLayout,
  waypoints: readonly Point[],
  obstacles: LabelObstacles,
  width: number,
): { readonly centre: Point; readonly rect: Rect } {
  let best = { cost: Infinity, centre: waypoints[0] ?? { x: 0, y: 0 } };
  let distance = 0;
  waypoints.slice(1).forEach((b, i) => {
    const a = waypoints[i] ?? b;
    const length = Math.hypot(b.x - a.x, b.y - a.y);
    const steps = Math.max(2, Math.ceil(length / 12));
    for (let step = 0; step <= steps; step++) {
      const part = step / steps;
      for (const offset of LABEL_OFFSETS) {
        const centre = { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part + offset };
        const cost =
          labelCost(layout, labelRect(centre, width, LABEL_HEIGHT), obstacles) +
          (distance + length * part) * DISTANCE_COST +
          Math.abs(offset) * OFFSET_COST;
        if (cost < best.cost) best = { cost, centre };
      }
    }
    distance += length;
  });
  return { centre: best.centre, rect: labelRect(best.centre, width, LABEL_HEIGHT) };
}

function labelCost(
  { placements }: GraphLayout,
  rect: Rect,
  { routing, labels }: LabelObstacles,
): number {
  let cost = countSegmentsIn(routing.segments, rect) * EDGE_OVERLAP_COST;
  for (const placement of placements.values())
    if (overlap(rect, placement)) cost += NODE_OVERLAP_COST;
  for (const label of labels) if (overlap(rect, label)) cost += LABEL_OVERLAP_COST;
  return cost;
}
