import { describe, expect, it } from 'vitest';
import { LIBRARY } from '../../../scenario/library/library';
import { runScenario } from '../../../scenario/run/runScenario';
import { NO_FOLDED_GROUPS } from '../../../graph/model/groupFolding';
import {
  layOutGraph,
  ZONE_TITLE_WIDTH,
  NARROW_SHAPE,
  type GraphLayout,
  type LayoutShape,
} from '../../../graph/layout/graphLayout';
import type { Point, Rect } from '../../../graph/layout/geometry';
import { waypointsOf } from '../../../graph/routing/edgeRouter';

/** Whether a horizontal or vertical segment crosses the interior of the rectangle, not only its border. */
function segmentEnters(a: Point, b: Point, { x, y, width, height }: Rect): boolean {
  return (
    Math.max(a.x, b.x) > x + 0.5 &&
    Math.min(a.x, b.x) < x + width - 0.5 &&
    Math.max(a.y, b.y) > y + 0.5 &&
    Math.min(a.y, b.y) < y + height - 0.5
  );
}

/** Edges that cross a node (their own ends included) or a lane title: all possible edges, and a wait edge from each process to each node. */
function forbiddenCrossings(layout: GraphLayout): readonly string[] {
  const titles = layout.zones.map(({ id, x, y, height }): [string, Rect] => [
    `the title of ${id}`,
    { x, y, width: ZONE_TITLE_WIDTH - 1, height },
  ]);
  const obstacles: readonly (readonly [string, Rect])[] = [...layout.placements, ...titles];
  const { possibleEdges, nodes } = layout.catalog;
  const waitEdges = nodes.flatMap(({ id }) =>
    nodes.flatMap(({ id: b, lane }) =>
      id.startsWith('process:') && lane !== 'process' ? [{ a: id, b }] : [],
    ),
  );
  return [...possibleEdges, ...waitEdges].flatMap(({ a, b }) => {
    const waypoints = waypointsOf(layout, a, b);
    return obstacles
      .filter(([, rect]) =>
        waypoints.slice(1).some((point, i) => segmentEnters(waypoints[i] ?? point, point, rect)),
      )
      .map(([id]) => `${a} to ${b} crosses ${id}`);
  });
}

const shapes: readonly LayoutShape[] = [
  NARROW_SHAPE,
  ...[3, 4, 5, 6, 7, 9].map((columns): LayoutShape => ({
    columns,
    maxTextRows: 3 + (columns % 4),
  })),
];

describe('edge routes', () => {
  it.each(shapes)('cross no node and no lane title, in $columns columns', (shape) => {
    for (const { id, scenario } of LIBRARY) {
      const ran = runScenario(scenario);
      if (!ran.ok) throw new Error(id);
      expect(
        forbiddenCrossings(layOutGraph(ran.trace.program, undefined, NO_FOLDED_GROUPS, shape)),
        id,
      ).toEqual([]);
    }
  });
});
