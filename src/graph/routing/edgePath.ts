import type { DirectedPoint, Point } from '../layout/geometry';
import { memoizeByLayout } from '../layout/memoizeByLayout';
import type { GraphLayout } from '../layout/graphLayout';
import { waypointsOf } from './edgeRouter';

/** The course of an edge, in stage coordinates. */
export interface EdgeRoute {
  /** Its corners, from the border of the source to the border of the target. */
  readonly waypoints: readonly Point[];
  /** The same as SVG path data, with rounded corners. */
  readonly path: string;
  /** The last waypoint and the direction in which the edge arrives there, axis-aligned. */
  readonly end: DirectedPoint;
  readonly labelPosition: Point;
  /** Wait and hold edges: a point near the middle of the longest segment, for an arrow head that shows the direction of a cycle. */
  readonly midpoint: DirectedPoint | undefined;
}

const CORNER_RADIUS = 5;

const memoizeRoute = memoizeByLayout<EdgeRoute>();

/** The way from one node to another as it is drawn. Same object for the same nodes of a layout. */
export function routeEdge(layout: GraphLayout, a: string, b: string): EdgeRoute {
  return memoizeRoute(layout, `${a} ${b}`, () => drawRoute(waypointsOf(layout, a, b), 0.5));
}

/** A way of level and upright stretches, with round corners; `at` says how far along its label stands. */
export function drawRoute(way: readonly Point[], at: number): EdgeRoute {
  const points = way.filter(
    (point, i) =>
      i === 0 || Math.hypot(point.x - (way[i - 1]?.x ?? 0), point.y - (way[i - 1]?.y ?? 0)) > 0.5,
  );
  const [start, end] = [points[0] ?? { x: 0, y: 0 }, points.at(-1) ?? { x: 0, y: 0 }];
  const before = points.at(-2) ?? start;
  const n = (value: number): string => value.toFixed(1);
  let path = `M${n(start.x)},${n(start.y)}`;
  for (let i = 1; i < points.length - 1; i++) {
    const [a, corner, b] = [points[i - 1], points[i], points[i + 1]];
    if (!a || !corner || !b) continue;
    const [into, out] = [pointToward(corner, a), pointToward(corner, b)];
    path += ` L${n(into.x)},${n(into.y)} Q${n(corner.x)},${n(corner.y)} ${n(out.x)},${n(out.y)}`;
  }
  path += ` L${n(end.x)},${n(end.y)}`;
  const length = Math.hypot(end.x - before.x, end.y - before.y) || 1;
  return {
    waypoints: points,
    path,
    end: { ...end, dx: (end.x - before.x) / length, dy: (end.y - before.y) / length },
    labelPosition: pointAlong(points, at),
    midpoint: undefined,
  };
}

/** A point a corner's width from one towards the next. */
function pointToward(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const step = Math.min(CORNER_RADIUS, length / 2) / (length || 1);
  return { x: from.x + (to.x - from.x) * step, y: from.y + (to.y - from.y) * step };
}

function pointAlong(points: readonly Point[], at: number): Point {
  const lengths = points
    .slice(1)
    .map((point, i) => Math.hypot(point.x - (points[i]?.x ?? 0), point.y - (points[i]?.y ?? 0)));
  let left = lengths.reduce((sum, each) => sum + each, 0) * at;
  for (const [i, length] of lengths.entries()) {
    const [a, b] = [points[i], points[i + 1]];
    if (a && b && (left <= length || i === lengths.length - 1))
      return {
        x: a.x + ((b.x - a.x) * left) / (length || 1),
        y: a.y + ((b.y - a.y) * left) / (length || 1),
      };
    left -= length;
  }
  return points[0] ?? { x: 0, y: 0 };
}
