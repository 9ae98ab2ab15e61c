import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layOutGraph, maxLayoutSize } from '../../../graph/layout/graphLayout';
import { NO_FOLDED_GROUPS } from '../../../graph/model/groupFolding';
import { LIBRARY } from '../../../scenario/library/library';
import { runScenario } from '../../../scenario/run/runScenario';
import { bestShape } from './bestShape';
import { detailLevelAt, MIN_COMPACT_ZOOM, MIN_FULL_ZOOM } from './detailLevel';
import { initialViewport } from './viewport';

const css = readFileSync(new URL('../nodes/node.module.css', import.meta.url), 'utf8');
const cssSizes = (rule: RegExp): readonly number[] =>
  (rule.exec(css) ?? expect.fail(`no rule ${rule.source}`)).slice(1).map(Number);
/** Type sizes in node.module.css, stage px. Compact: a factor of `--screen-px`, and a minimum. */
const typeSizes = {
  value: {
    full: cssSizes(/^\.node \{[^}]* font: ([\d.]+)px/m),
    compact: cssSizes(
      /--min-type: calc\(([\d.]+)px \* var\(--screen-px\)\)[^]*\.row\[data-lines\] \{[^}]* font:\s+500 max\(([\d.]+)px, var\(--min-type\)\)/,
    ),
  },
  name: {
    full: cssSizes(/^\.row dt \{[^}]* font-size: calc\(([\d.]+)px/m),
    compact: cssSizes(
      /--min-type: calc\(([\d.]+)px \* var\(--screen-px\)\)[^]*\.row dt \{[^}]* font-size: max\(([\d.]+)px, var\(--min-type\)\)/,
    ),
  },
};

/** In screen px. */
function sizeOnScreen(
  { full: [full = 0], compact: [factor = 0, min = 0] }: (typeof typeSizes)['value'],
  zoom: number,
): number {
  const { level, typeScale } = detailLevelAt(zoom);
  if (level === 'names') return 0;
  return zoom * (level === 'full' ? full : Math.max(min, factor * typeScale));
}

describe('type size on the screen', () => {
  it('stays readable at every zoom, and is scaled no more than needed', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.4, max: 2.5, noNaN: true }), (zoom) => {
        const { level, typeScale } = detailLevelAt(zoom);
        if (level === 'compact') expect(typeScale * zoom).toBeLessThan(1.04);
        expect(sizeOnScreen(typeSizes.value, zoom)).toBeGreaterThanOrEqual(12);
        expect(sizeOnScreen(typeSizes.name, zoom)).toBeGreaterThanOrEqual(12);
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  // Stage sizes in windows of 1440x900 and of 1024x768 with the longest captions, and at 1440 with a quiz question below.
  it.each([
    { width: 836, height: 538 },
    { width: 836, height: 330 },
    { width: 524, height: 395 },
  ])('is readable in the initial viewport of every scenario at $width x $height', (screen) => {
    for (const { id, scenario } of LIBRARY) {
      const ran = runScenario(scenario);
      if (!ran.ok) throw new Error(id);
      const { program } = ran.trace;
      const shape = bestShape((each) => maxLayoutSize(program, NO_FOLDED_GROUPS, each), screen);
      const overview = initialViewport(
        layOutGraph(program, undefined, NO_FOLDED_GROUPS, shape),
        [],
        screen,
      );
      // If the whole graph is too small, the camera opens with a close-up.
      const zoom = overview.zoom < MIN_COMPACT_ZOOM ? MIN_FULL_ZOOM : overview.zoom;
      expect(sizeOnScreen(typeSizes.value, zoom), id).toBeGreaterThanOrEqual(12);
      expect(sizeOnScreen(typeSizes.name, zoom), id).toBeGreaterThanOrEqual(12);
    }
  });
});
