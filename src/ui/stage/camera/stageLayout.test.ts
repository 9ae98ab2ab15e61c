import { describe, expect, it } from 'vitest';
import type { Point, Rect } from '../../../graph/layout/geometry';
import { NO_FOLDED_GROUPS } from '../../../graph/model/groupFolding';
import {
  layOutGraph,
  ZONE_TITLE_WIDTH,
  NARROW_SHAPE,
  maxLayoutSize,
  type GraphLayout,
  type LayoutShape,
} from '../../../graph/layout/graphLayout';
import { waypointsOf } from '../../../graph/routing/edgeRouter';
import { LIBRARY } from '../../../scenario/library/library';
import { startScenarioRun } from '../../../scenario/run/scenarioRun';
import { bestShape } from './bestShape';
import { boundsOf, layoutBounds } from './viewport';

const programs = LIBRARY.map(({ id, scenario }) => ({
  id,
  program: startScenarioRun(scenario).program,
}));
const screenSizes = [
  { width: 836, height: 600 },
  { width: 524, height: 457 },
];

const layouts: readonly {
  readonly id: string;
  readonly shape: LayoutShape;
  readonly layout: GraphLayout;
}[] = programs.flatMap(({ id, program }) =>
  [
    NARROW_SHAPE,
    ...screenSizes.map((room) =>
      bestShape((shape) => maxLayoutSize(program, NO_FOLDED_GROUPS, shape), room),
    ),
  ].map((shape) => ({
    id: `${id} ${shape.columns}`,
    shape,
    layout: layOutGraph(program, undefined, undefined, shape),
  })),
);

function isInside(inner: Rect, outer: Rect): boolean {
  return (
    inner.x >= outer.x - 0.1 &&
    inner.y >= outer.y - 0.1 &&
    inner.x + inner.width <= outer.x + outer.width + 0.1 &&
    inner.y + inner.height <= outer.y + outer.height + 0.1
  );
}

/** Whether a horizontal or vertical segment crosses the interior of `rect`. */
function segmentCrosses(a: Point, b: Point, rect: Rect): boolean {
  return (
    Math.max(a.x, b.x) > rect.x + 0.5 &&
    Math.min(a.x, b.x) < rect.x + rect.width - 0.5 &&
    Math.max(a.y, b.y) > rect.y + 0.5 &&
    Math.min(a.y, b.y) < rect.y + rect.height - 0.5
  );
}

describe('the layout of every library scenario, for three stage sizes', () => {
  it('has lanes that tile a rectangle', () => {
    for (const {
      id,
      layout: { zones, rows },
    } of layouts) {
      const bounds = boundsOf(zones);
      for (const [row, { top, bottom }] of rows.entries()) {
        const band = zones
          .filter(({ y, height }) => y < bottom && y + height > top)
          .toSorted((a, b) => a.x - b.x);
        const where = `${id}, row ${row}`;
        expect(band.length, where).toBeGreaterThan(0);
        expect(new Set(band.map(({ y, height }) => `${y} ${height}`)).size, where).toBe(1);
        expect(band[0]?.x, where).toBe(bounds.x);
        expect((band.at(-1)?.x ?? 0) + (band.at(-1)?.width ?? 0), where).toBe(
          bounds.x + bounds.width,
        );
        for (const [i, zone] of band.entries())
          if (band[i + 1]) expect((band[i + 1]?.x ?? 0) - zone.x - zone.width, where).toBe(3);
      }
    }
  });

  it('has each title once, and every node at the top of a row of its lane', () => {
    for (const {
      id,
      layout: { zones, placements, rows },
    } of layouts) {
      expect(new Set(zones.map(({ title }) => title)).size, id).toBe(zones.length);
      expect(
        zones.every(({ title }) => title !== ''),
        id,
      ).toBe(true);
      for (const [name, placement] of placements) {
        expect(
          zones.some((zone) => zone.lane === placement.lane && isInside(placement, zone)),
          `${id}: ${name}`,
        ).toBe(true);
        if (!placement.chipAbove)
          expect(
            rows.map(({ top }) => top),
            `${id}: ${name}`,
          ).toContain(placement.y);
      }
    }
  });

  it('is at most 8 % smaller than maxLayoutSize', () => {
    for (const { program } of programs) {
      for (const shape of [
        NARROW_SHAPE,
        { columns: 5, maxTextRows: 4 },
        { columns: 7, maxTextRows: 3 },
      ] satisfies LayoutShape[]) {
        const { width, height } = layoutBounds(layOutGraph(program, undefined, undefined, shape));
        const max = maxLayoutSize(program, NO_FOLDED_GROUPS, shape);
        expect(max.width).toBe(width);
        expect(max.height).toBeGreaterThanOrEqual(height);
        expect(max.height).toBeLessThanOrEqual(height * 1.08);
      }
    }
  });

  it('has no edge across a lane title or a node, or outside the lanes', () => {
    const errors: string[] = [];
    for (const { id, layout } of layouts) {
      const titles = layout.zones.map(({ x, y, height }): Rect => ({
        x,
        y,
        width: ZONE_TITLE_WIDTH - 1,
        height,
      }));
      const bounds = boundsOf(layout.zones);
      for (const { a, b } of layout.catalog.possibleEdges) {
        const waypoints = waypointsOf(layout, a, b);
        const otherNodes = [...layout.placements].flatMap(([name, placement]) =>
          name === a || name === b ? [] : [placement],
        );
        for (const [i, to] of waypoints.entries()) {
          const from = waypoints[i - 1];
          if (from && [...titles, ...otherNodes].some((rect) => segmentCrosses(from, to, rect)))
            errors.push(`${id}: ${a} to ${b}`);
          if (to.x < bounds.x || to.x > bounds.x + bounds.width)
            errors.push(`${id}: ${a} to ${b} outside`);
        }
      }
    }
    expect(errors).toEqual([]);
  });
});
