import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bestShape,
  boundsOf,
  layoutBounds,
  panIntoView,
  detailLevelAt,
  zoomToReadable,
  initialViewport,
  MIN_READABLE_ZOOM,
  fitViewport,
  zoomAboutCenter,
  type PixelSize,
  type Viewport,
} from './viewport';
import type { Rect } from '../../../graph/layout/geometry';
import { NO_FOLDED_GROUPS } from '../../../graph/model/groupFolding';
import {
  layOutGraph,
  NARROW_SHAPE,
  maxLayoutSize,
  type LayoutShape,
} from '../../../graph/layout/graphLayout';
import { testProgram } from '../../../graph/testing/testDesign';
import { LIBRARY } from '../../../scenario/library/library';
import { runScenario } from '../../../scenario/run/runScenario';

const screen: PixelSize = { width: 800, height: 500 };

function toScreen(box: Rect, view: Viewport): Rect {
  return {
    x: box.x * view.zoom + view.x,
    y: box.y * view.zoom + view.y,
    width: box.width * view.zoom,
    height: box.height * view.zoom,
  };
}

function isVisible(box: Rect, view: Viewport, within: PixelSize): boolean {
  const { x, y, width, height } = toScreen(box, view);
  return (
    x >= -1e-6 &&
    y >= -1e-6 &&
    x + width <= within.width + 1e-6 &&
    y + height <= within.height + 1e-6
  );
}

describe('camera', () => {
  it('shows a whole box', () => {
    const box = { x: -300, y: -120, width: 1800, height: 900 };
    expect(isVisible(box, fitViewport(box, screen), screen)).toBe(true);
  });

  it('stays still while the box is in sight', () => {
    expect(
      panIntoView({ x: 0, y: 0, zoom: 1 }, { x: 100, y: 100, width: 50, height: 50 }, screen),
    ).toBeUndefined();
  });

  it('brings any box of a reasonable size into sight, and is then content', () => {
    const part = fc.integer({ min: -3000, max: 3000 });
    fc.assert(
      fc.property(
        part,
        part,
        fc.integer({ min: 20, max: 1400 }),
        fc.integer({ min: 20, max: 800 }),
        part,
        part,
        fc.double({ min: 0.3, max: 2, noNaN: true }),
        (x, y, width, height, vx, vy, zoom) => {
          const box = { x, y, width, height };
          const first = { x: vx, y: vy, zoom };
          const moved = panIntoView(first, box, screen);
          expect(isVisible(box, moved ?? first, screen)).toBe(true);
        },
      ),
      { seed: 11, numRuns: 200 },
    );
  });

  it('takes the shape that lets everything be largest, more rows being worth a little', () => {
    const wide = { width: 1600, height: 300 };
    const tall = { width: 700, height: 1200 };
    const size = (shape: LayoutShape): PixelSize =>
      maxLayoutSize(testProgram(), NO_FOLDED_GROUPS, shape);
    for (const room of [screen, wide, tall]) {
      const zoom = (shape: LayoutShape): number =>
        fitViewport(layoutBounds(layOutGraph(testProgram(), undefined, undefined, shape)), room)
          .zoom;
      const best = zoom(bestShape(size, room));
      for (const columns of [3, 4, 5, 6, 7, 8, 9, 10])
        expect(best).toBeGreaterThanOrEqual(
          zoom({ columns, maxTextRows: 3, packing: 'tidy' }) * 0.9,
        );
    }
    expect(bestShape(size, tall).columns).toBeLessThan(bestShape(size, wide).columns);
  });

  it('zooms about the middle', () => {
    const view = zoomAboutCenter({ x: 10, y: 20, zoom: 1 }, 2, screen);
    expect((400 - view.x) / view.zoom).toBeCloseTo(390);
    expect((250 - view.y) / view.zoom).toBeCloseTo(230);
  });

  it('comes near enough to read, about what is to be read, and never shows what is beyond the stage', () => {
    const stage = { x: -100, y: -200, width: 3000, height: 2000 };
    const overview = fitViewport(stage, screen);
    for (const box of [
      { x: -100, y: -200, width: 136, height: 90 },
      { x: 1200, y: 900, width: 136, height: 90 },
      { x: 2764, y: 1710, width: 136, height: 90 },
    ]) {
      const view = zoomToReadable(overview, box, stage, screen);
      expect(view.zoom).toBe(MIN_READABLE_ZOOM);
      expect(isVisible(box, view, screen)).toBe(true);
      const shown = toScreen(stage, view);
      expect([
        shown.x <= 0,
        shown.y <= 0,
        shown.x + shown.width >= screen.width - 1e-6,
        shown.y + shown.height >= screen.height - 1e-6,
      ]).toEqual([true, true, true, true]);
    }
    const near = { x: 1, y: 2, zoom: 1 };
    expect(zoomToReadable(near, stage, stage, screen)).toBe(near);
  });

  it('opens near enough to read on a phone, on what the step is about', () => {
    const layout = layOutGraph(testProgram(), undefined, undefined, NARROW_SHAPE);
    const about = [...layout.placements.values()].slice(0, 1);
    const phone = { width: 390, height: 600 };
    const view = initialViewport(layout, about, phone);
    expect(view.zoom).toBeGreaterThan(0.6);
    expect(isVisible(boundsOf(about), view, phone)).toBe(true);
  });
});

/** Sizes of type that node.module.css sets, px of the stage: near, and at least so much from afar, growing with `--px`. */
const css = readFileSync(new URL('../nodes/node.module.css', import.meta.url), 'utf8');
const cssSizes = (rule: RegExp): readonly number[] =>
  (rule.exec(css) ?? expect.fail(`no ${rule.source}`)).slice(1).map(Number);
const typeSizes = {
  value: {
    near: cssSizes(/^\.node \{[^}]* font: ([\d.]+)px/m),
    far: cssSizes(
      /\.row\[data-lines\] \{[^}]* font:\s+500 max\(([\d.]+)px, ([\d.]+)px \* var\(--px\)\)/,
    ),
  },
  name: {
    near: cssSizes(/^\.row dt \{[^}]* font-size: ([\d.]+)px/m),
    far: cssSizes(/\.row dt \{[^}]* font-size: max\(([\d.]+)px, ([\d.]+)px \* var\(--px\)\)/),
  },
};

/** The size of such type on the screen, px. */
function sizeOnScreen(
  { near: [near = 0], far: [least = 0, grows = 0] }: (typeof typeSizes)['value'],
  zoom: number,
): number {
  const { level: how, typeScale: px } = detailLevelAt(zoom);
  return how === 'miles' ? 0 : zoom * (how === 'near' ? near : Math.max(least, grows * px));
}

describe('type on the screen', () => {
  it('grows with the distance, and no more than is needed', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.4, max: 2.5, noNaN: true }), (zoom) => {
        const { level: near, typeScale: px } = detailLevelAt(zoom);
        if (near === 'far') expect(px * zoom).toBeLessThan(1.04);
        expect(sizeOnScreen(typeSizes.value, zoom)).toBeGreaterThanOrEqual(11);
        expect(sizeOnScreen(typeSizes.name, zoom)).toBeGreaterThanOrEqual(10.5);
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  // The rooms that the stage has at 1440x900 and at 1024x768 with the longest captions, and at 1440 with a question below it.
  it.each([
    { width: 836, height: 538 },
    { width: 836, height: 330 },
    { width: 524, height: 395 },
  ])(
    'is large enough to read in the opening view of every scenario in $width x $height',
    (room) => {
      for (const { id, scenario } of LIBRARY) {
        const ran = runScenario(scenario);
        if (!ran.ok) throw new Error(id);
        const { program } = ran.trace;
        const shape = bestShape((each) => maxLayoutSize(program, NO_FOLDED_GROUPS, each), room);
        const { zoom } = initialViewport(
          layOutGraph(program, undefined, NO_FOLDED_GROUPS, shape),
          [],
          room,
        );
        expect(sizeOnScreen(typeSizes.value, zoom), id).toBeGreaterThanOrEqual(11);
        expect(sizeOnScreen(typeSizes.name, zoom), id).toBeGreaterThanOrEqual(10.5);
      }
    },
  );
});
