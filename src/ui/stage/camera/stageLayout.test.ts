import { describe, expect, it } from 'vitest';
import type { Rect } from '../../../graph/layout/geometry';
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
import { bestShape, boundsOf, layoutBounds } from './viewport';

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
    id: `${id} ${shape.columns} ${shape.packing}`,
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

/** Whether a level or upright stretch runs over a box. */
function segmentCrosses(
  a: { readonly x: number; readonly y: number },
  b: { readonly x: number; readonly y: number },
  box: Rect,
): boolean {
  return (
    Math.max(a.x, b.x) > box.x + 0.5 &&
    Math.min(a.x, b.x) < box.x + box.width - 0.5 &&
    Math.max(a.y, b.y) > box.y + 0.5 &&
    Math.min(a.y, b.y) < box.y + box.height - 0.5
  );
}

describe('the stage of every built-in scenario, in the rooms of three screens', () => {
  it('has lanes that tile one rectangle', () => {
    for (const {
      id,
      layout: { zones, rows },
    } of layouts) {
      const whole = boundsOf(zones);
      for (const [row, { top, bottom }] of rows.entries()) {
        const band = zones
          .filter(({ y, height }) => y < bottom && y + height > top)
          .toSorted((a, b) => a.x - b.x);
        const where = `${id}, row ${row}`;
        expect(band.length, where).toBeGreaterThan(0);
        expect(new Set(band.map(({ y, height }) => `${y} ${height}`)).size, where).toBe(1);
        expect(band[0]?.x, where).toBe(whole.x);
        expect((band.at(-1)?.x ?? 0) + (band.at(-1)?.width ?? 0), where).toBe(
          whole.x + whole.width,
        );
        for (const [i, zone] of band.entries())
          if (band[i + 1]) expect((band[i + 1]?.x ?? 0) - zone.x - zone.width, where).toBe(3);
      }
    }
  });

  it('has every node in a band of its own lane, at its top', () => {
    for (const {
      id,
      layout: { zones, placements: places },
    } of layouts) {
      for (const [name, place] of places) {
        const zone = zones.find((each) => each.lane === place.lane && isInside(place, each));
        expect(zone, `${id}: ${name}`).toBeDefined();
        if (zone && !place.chipAbove) expect(place.y - zone.y, `${id}: ${name}`).toBe(6);
      }
    }
  });

  it('is hardly smaller than was reckoned without laying it out', () => {
    for (const { program } of programs) {
      for (const shape of [
        NARROW_SHAPE,
        { columns: 5, maxTextRows: 4, packing: 'packed' },
        { columns: 7, maxTextRows: 3, packing: 'tidy' },
      ] satisfies LayoutShape[]) {
        const { width, height } = layoutBounds(layOutGraph(program, undefined, undefined, shape));
        const reckoned = maxLayoutSize(program, NO_FOLDED_GROUPS, shape);
        expect(reckoned.width).toBe(width);
        expect(reckoned.height).toBeGreaterThanOrEqual(height);
        expect(reckoned.height).toBeLessThanOrEqual(height * 1.08);
      }
    }
  });

  it('has no edge over the name of a lane, behind a node, or outside the lanes', () => {
    const wrong: string[] = [];
    for (const { id, layout } of layouts) {
      const names = layout.zones.map(({ x, y, height }): Rect => ({
        x,
        y,
        width: ZONE_TITLE_WIDTH - 1,
        height,
      }));
      const whole = boundsOf(layout.zones);
      for (const { a, b } of layout.catalog.possibleEdges) {
        const way = waypointsOf(layout, a, b);
        const others = [...layout.placements].flatMap(([name, place]) =>
          name === a || name === b ? [] : [place],
        );
        for (const [i, to] of way.entries()) {
          const from = way[i - 1];
          if (from && [...names, ...others].some((box) => segmentCrosses(from, to, box)))
            wrong.push(`${id}: ${a} to ${b}`);
          if (to.x < whole.x || to.x > whole.x + whole.width)
            wrong.push(`${id}: ${a} to ${b} outside`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});
