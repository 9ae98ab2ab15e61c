import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boundsOf,
  panIntoView,
  closeUp,
  closeUpZoomFor,
  initialViewport,
  fitViewport,
  zoomAboutCenter,
  type PixelSize,
  type Viewport,
} from './viewport';
import type { Rect } from '../../../graph/layout/geometry';
import { layOutGraph, NARROW_SHAPE } from '../../../graph/layout/graphLayout';
import { testProgram } from '../../../graph/testing/testDesign';

const screen: PixelSize = { width: 800, height: 500 };

function toScreen(rect: Rect, viewport: Viewport): Rect {
  return {
    x: rect.x * viewport.zoom + viewport.x,
    y: rect.y * viewport.zoom + viewport.y,
    width: rect.width * viewport.zoom,
    height: rect.height * viewport.zoom,
  };
}

function isVisible(rect: Rect, viewport: Viewport, size: PixelSize): boolean {
  const { x, y, width, height } = toScreen(rect, viewport);
  return (
    x >= -1e-6 && y >= -1e-6 && x + width <= size.width + 1e-6 && y + height <= size.height + 1e-6
  );
}

describe('viewport', () => {
  it('fits a rectangle', () => {
    const rect = { x: -300, y: -120, width: 1800, height: 900 };
    expect(isVisible(rect, fitViewport(rect, screen), screen)).toBe(true);
  });

  it('does not pan if the rectangle is visible', () => {
    expect(
      panIntoView({ x: 0, y: 0, zoom: 1 }, { x: 100, y: 100, width: 50, height: 50 }, screen),
    ).toBeUndefined();
  });

  it('pans any rectangle of a reasonable size into viewport', () => {
    const coordinate = fc.integer({ min: -3000, max: 3000 });
    fc.assert(
      fc.property(
        coordinate,
        coordinate,
        fc.integer({ min: 20, max: 1400 }),
        fc.integer({ min: 20, max: 800 }),
        coordinate,
        coordinate,
        fc.double({ min: 0.3, max: 2, noNaN: true }),
        (x, y, width, height, viewX, viewY, zoom) => {
          const rect = { x, y, width, height };
          const first = { x: viewX, y: viewY, zoom };
          const moved = panIntoView(first, rect, screen);
          expect(isVisible(rect, moved ?? first, screen)).toBe(true);
        },
      ),
      { seed: 11, numRuns: 200 },
    );
  });

  it('zooms about the center', () => {
    const viewport = zoomAboutCenter({ x: 10, y: 20, zoom: 1 }, 2, screen);
    expect((400 - viewport.x) / viewport.zoom).toBeCloseTo(390);
    expect((250 - viewport.y) / viewport.zoom).toBeCloseTo(230);
  });

  it('zooms in on a rectangle, and shows nothing outside the stage', () => {
    const stage = { x: -100, y: -200, width: 3000, height: 2000 };
    const overview = fitViewport(stage, screen);
    for (const rect of [
      { x: -100, y: -200, width: 136, height: 90 },
      { x: 1200, y: 900, width: 136, height: 90 },
      { x: 2764, y: 1710, width: 136, height: 90 },
    ]) {
      const viewport = closeUp(overview, rect, stage, screen, 0.7);
      expect(viewport.zoom).toBe(0.7);
      expect(isVisible(rect, viewport, screen)).toBe(true);
      const shown = toScreen(stage, viewport);
      expect([
        shown.x <= 0,
        shown.y <= 0,
        shown.x + shown.width >= screen.width - 1e-6,
        shown.y + shown.height >= screen.height - 1e-6,
      ]).toEqual([true, true, true, true]);
    }
    const readable = { x: 1, y: 2, zoom: 0.7 };
    expect(closeUp(readable, stage, stage, screen, 0.7)).toBe(readable);
  });

  it('takes few zooms for close-ups, and keeps one that is near the best', () => {
    const limits = { min: 0.4, max: 0.93, step: 1.25 };
    const zoomFor = (current: number, width: number): number =>
      closeUpZoomFor(current, { x: 0, y: 0, width, height: 10 }, screen, limits);
    const widths = Array.from({ length: 40 }, (_, i) => 200 + 50 * i);
    expect(new Set(widths.map((width) => zoomFor(0.1, width))).size).toBe(5);
    for (const width of widths) {
      const fitting = fitViewport({ x: 0, y: 0, width, height: 10 }, screen).zoom;
      for (const current of [0.1, 0.5, 0.7, 0.93, 1.4]) {
        const zoom = zoomFor(current, width);
        expect(zoom).toBeLessThanOrEqual(Math.max(fitting, limits.min));
        expect(zoom).toBeGreaterThanOrEqual(limits.min);
      }
    }
    expect(zoomFor(0.7, 300)).toBe(0.7);
    expect(zoomFor(0.5, 300)).toBe(0.93);
    expect(zoomFor(0.6, 300)).toBe(0.6);
    expect(zoomFor(0.93, 1000)).toBeCloseTo(0.93 / 1.25);
  });

  it('opens readable on a phone, at the touched nodes', () => {
    const layout = layOutGraph(testProgram(), undefined, undefined, NARROW_SHAPE);
    const touched = [...layout.placements.values()].slice(0, 1);
    const phone = { width: 390, height: 600 };
    const viewport = initialViewport(layout, touched, phone);
    expect(viewport.zoom).toBeGreaterThan(0.6);
    expect(isVisible(boundsOf(touched), viewport, phone)).toBe(true);
  });
});
