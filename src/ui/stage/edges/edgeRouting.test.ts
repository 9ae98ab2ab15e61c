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
import type { Point } from '../../../graph/layout/geometry';
import { waypointsOf } from '../../../graph/routing/edgeRouter';

interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Whether a level or upright stretch comes into a box, and not only to its border. */
function segmentEnters(a: Point, b: Point, { x, y, width, height }: Rect): boolean {
  return (
    Math.max(a.x, b.x) > x + 0.5 &&
    Math.min(a.x, b.x) < x + width - 0.5 &&
    Math.max(a.y, b.y) > y + 0.5 &&
    Math.min(a.y, b.y) < y + height - 0.5
  );
}

/** What the ways of a layout cross that they must not: nodes, also their own, and names of lanes. All ties are tried, and what nobody foresaw: that a process waits for anything. */
function forbiddenCrossings(layout: GraphLayout): readonly string[] {
  const names = layout.zones.map(({ id, x, y, height }): [string, Rect] => [
    `the name of ${id}`,
    { x, y, width: ZONE_TITLE_WIDTH - 1, height },
  ]);
  const boxes: readonly (readonly [string, Rect])[] = [...layout.placements, ...names];
  const { possibleEdges: ties, nodes: actors } = layout.catalog;
  const waits = actors.flatMap(({ id }) =>
    actors.flatMap(({ id: b, lane }) =>
      id.startsWith('process:') && lane !== 'process' ? [{ a: id, b }] : [],
    ),
  );
  return [...ties, ...waits].flatMap(({ a, b }) => {
    const way = waypointsOf(layout, a, b);
    return boxes
      .filter(([, box]) =>
        way.slice(1).some((point, i) => segmentEnters(way[i] ?? point, point, box)),
      )
      .map(([id]) => `${a} to ${b} runs over ${id}`);
  });
}

const shapes: readonly LayoutShape[] = [
  NARROW_SHAPE,
  ...(['tidy', 'packed'] as const).flatMap((packing) =>
    [3, 4, 5, 6, 7, 9].map((columns): LayoutShape => ({
      columns,
      maxTextRows: 3 + (columns % 4),
      packing,
    })),
  ),
];

describe('ways of edges', () => {
  it.each(shapes)(
    'run over no node and no name of a lane, in $columns columns ($packing)',
    (shape) => {
      for (const { id, scenario } of LIBRARY) {
        const ran = runScenario(scenario);
        if (!ran.ok) throw new Error(id);
        expect(
          forbiddenCrossings(layOutGraph(ran.trace.program, undefined, NO_FOLDED_GROUPS, shape)),
          id,
        ).toEqual([]);
      }
    },
  );
});
