import type { DirectedPoint, Point } from '../layout/geometry';
import { memoizeByLayout } from '../layout/memoizeByLayout';
import type { GraphLayout } from '../layout/graphLayout';
import { waypointsOf } from './edgeRouter';

/*
 * A polyline with rounded corners: each corner becomes a quadratic Bezier curve with the corner as its control point.
 *
 *   start ------.              M start  L a  Q corner b  L end
 *               a`. corner
 *                  b
 *                  |
 *                 end
 */

/** The course of an edge, in stage coordinates. */
export interface EdgeRoute {
  /** Its corners, from the border of the source to the border of the target. */
  readonly waypoints: readonly Point[];
  /** The same as SVG path data, with rounded corners. */
  readonly path: string;
  /** The last waypoint and the direction in which the edge arrives there, axis-aligned. */
  readonly end: DirectedPoint;
  readonly labelPosition: Point;
  /** Task edges: a point near the middle of the longest segment, for an arrow head that shows the direction of a cycle. */
  readonly midpoint: DirectedPoint | undefined;
}

const CORNER_RADIUS = 5;

const memoizeRoute = memoizeByLayout<EdgeRoute>();

/** The route between two nodes. Same object for the same nodes of a layout. */
export function routeEdge(layout: GraphLayout, a: string, b: string): EdgeRoute {
  return memoizeRoute(layout, `${a} ${b}`, () => drawRoute(waypointsOf(layout, a, b), 0.5));
}

/** Draws horizontal and vertical segments; the label goes to `labelPart` (0 to 1) of the length. */
export function drawRoute(waypoints: readonly Point[], labelPart: number): EdgeRoute {
  const points = waypoints.filter((point, i) => {
    const previous = waypoints[i - 1];
    return !previous || distance(previous, point) > 0.5;
  });
  const [start, end] = [points[0] ?? { x: 0, y: 0 }, points.at(-1) ?? { x: 0, y: 0 }];
  const beforeEnd = points.at(-2) ?? start;
  const pair = ({ x, y }: Point): string => `${x.toFixed(1)},${y.toFixed(1)}`;
  let path = `M${pair(start)}`;
  for (let i = 1; i < points.length - 1; i++) {
    const [previous, corner, next] = [points[i - 1], points[i], points[i + 1]];
    if (!previous || !corner || !next) continue;
    path += ` L${pair(pointToward(corner, previous))} Q${pair(corner)} ${pair(pointToward(corner, next))}`;
  }
  path += ` L${pair(end)}`;
  const length = distance(beforeEnd, end) || 1;
  return {
    waypoints: points,
    path,
    end: { ...end, dx: (end.x - beforeEnd.x) / length, dy: (end.y - beforeEnd.y) / length },
    labelPosition: pointAlong(points, labelPart),
    midpoint: undefined,
  };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(b.x - a.x, b.y - a.y);
}

/** The point `CORNER_RADIUS` from `from`, at most half way to `to`. */
function pointToward(from: Point, to: Point): Point {
  const length = distance(from, to);
  const part = Math.min(CORNER_RADIUS, length / 2) / (length || 1);
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}

function pointAlong(points: readonly Point[], part: number): Point {
  const lengths = points.slice(1).map((point, i) => distance(points[i] ?? point, point));
  let left = lengths.reduce((sum, each) => sum + each, 0) * part;
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
