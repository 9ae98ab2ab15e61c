import type { Point, Rect } from '../layout/geometry';
import type { GraphLayout } from '../layout/graphLayout';
import type { EdgeRoute } from './edgePath';

/*
 * The label of an edge goes to the point of the edge nearest to its middle at which no node is in its way.
 *
 *   [ a ]--+          the gap between neighbours is narrower than a label,
 *          |          the channel between two rows is not
 *        device
 *          |
 *   [   ]  +--[ b ]
 */

/** Width of a character and height of a label at the largest size of type, px. */
const CHAR_WIDTH = 10.2;
const LABEL_HEIGHT = 14;
/** Between the centres of two labels, one above the other, px. */
const LABEL_PITCH = 20;
/** Between two candidate positions, px. */
const STEP = 6;

/**
 * Where the labels of some edges go, in their order: clear of nodes, of `obstacles` and of each other. Undefined for a label
 * without room.
 */
export function edgeLabelPositions(
  { placements }: GraphLayout,
  labels: readonly (Pick<EdgeRoute, 'waypoints'> & { readonly text: string })[],
  obstacles: readonly Rect[] = [],
): readonly (Point | undefined)[] {
  const nodes = [...placements.values()];
  const taken = [...obstacles];
  return labels.map(({ waypoints, text }) => {
    const width = text.length * CHAR_WIDTH;
    const position = pointsFromMiddle(waypoints).find((centre) => {
      const overNodes = labelRect(centre, width, LABEL_HEIGHT);
      const overLabels = labelRect(centre, width, LABEL_PITCH);
      return (
        !nodes.some((node) => overlap(overNodes, node)) &&
        !taken.some((each) => overlap(overLabels, each))
      );
    });
    if (position) taken.push(labelRect(position, width, LABEL_PITCH));
    return position;
  });
}

/** Points along the edge, the nearest to its middle first. */
function pointsFromMiddle(waypoints: readonly Point[]): readonly Point[] {
  const points: { readonly point: Point; readonly at: number }[] = [];
  let length = 0;
  waypoints.slice(1).forEach((b, i) => {
    const a = waypoints[i] ?? b;
    const distance = Math.hypot(b.x - a.x, b.y - a.y);
    const steps = Math.max(2, 2 * Math.ceil(distance / STEP / 2));
    for (let step = 0; step <= steps; step++) {
      const part = step / steps;
      points.push({
        point: { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part },
        at: length + distance * part,
      });
    }
    length += distance;
  });
  return points
    .toSorted((a, b) => Math.abs(a.at - length / 2) - Math.abs(b.at - length / 2))
    .map(({ point }) => point);
}

/** The rectangle of a label around its centre. */
export function labelRect({ x, y }: Point, width: number, height: number): Rect {
  return { x: x - width / 2, y: y - height / 2, width, height };
}

/** Whether two rectangles have a common point inside. */
export function overlap(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
