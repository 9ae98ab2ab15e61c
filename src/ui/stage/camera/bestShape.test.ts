import { describe, expect, it } from 'vitest';
import { layOutGraph, maxLayoutSize, type LayoutShape } from '../../../graph/layout/graphLayout';
import { NO_FOLDED_GROUPS } from '../../../graph/model/groupFolding';
import { testProgram } from '../../../graph/testing/testDesign';
import { bestShape } from './bestShape';
import { fitViewport, layoutBounds, type PixelSize } from './viewport';

describe('bestShape', () => {
  it('has nearly the largest zoom of all column counts', () => {
    const medium = { width: 800, height: 500 };
    const wide = { width: 1600, height: 300 };
    const tall = { width: 700, height: 1200 };
    const size = (shape: LayoutShape): PixelSize =>
      maxLayoutSize(testProgram(), NO_FOLDED_GROUPS, shape);
    for (const screen of [medium, wide, tall]) {
      const zoom = (shape: LayoutShape): number =>
        fitViewport(layoutBounds(layOutGraph(testProgram(), undefined, undefined, shape)), screen)
          .zoom;
      const best = zoom(bestShape(size, screen));
      // Within the weights of text rows.
      for (const columns of [3, 4, 5, 6, 7, 8, 9, 10])
        expect(best).toBeGreaterThanOrEqual(zoom({ columns, maxTextRows: 3 }) * 0.9);
    }
    expect(bestShape(size, tall).columns).toBeLessThan(bestShape(size, wide).columns);
  });
});
