import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layOutGraph, maxLayoutSize } from '../../../graph/layout/graphLayout';
import { NO_FOLDED_GROUPS } from '../../../graph/model/groupFolding';
import { LIBRARY } from '../../../scenario/library/library';
import { runScenario } from '../../../scenario/run/runScenario';
import { bestShape } from './bestShape';
import { detailLevelAt } from './detailLevel';
import { initialViewport } from './viewport';

const css = readFileSync(new URL('../nodes/node.module.css', import.meta.url), 'utf8');
const cssSizes = (rule: RegExp): readonly number[] =>
  (rule.exec(css) ?? expect.fail(`no rule ${rule.source}`)).slice(1).map(Number);
/** Type sizes in node.module.css, stage px. Compact: a minimum, and a factor of `--screen-px`. */
const typeSizes = {
  value: {
    full: cssSizes(/^\.node \{[^}]* font: ([\d.]+)px/m),
    compact: cssSizes(
      /\.row\[data-lines\] \{[^}]* font:\s+500 max\(([\d.]+)px, ([\d.]+)px \* var\(--screen-px\)\)/,
    ),
  },
  name: {
    full: cssSizes(/^\.row dt \{[^}]* font-size: ([\d.]+)px/m),
    compact: cssSizes(
      /\.row dt \{[^}]* font-size: max\(([\d.]+)px, ([\d.]+)px \* var\(--screen-px\)\)/,
    ),
  },
};

/** In screen px. */
function sizeOnScreen(
  { full: [full = 0], compact: [min = 0, factor = 0] }: (typeof typeSizes)['value'],
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
        expect(sizeOnScreen(typeSizes.value, zoom)).toBeGreaterThanOrEqual(11);
        expect(sizeOnScreen(typeSizes.name, zoom)).toBeGreaterThanOrEqual(10.5);
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
      const { zoom } = initialViewport(
        layOutGraph(program, undefined, NO_FOLDED_GROUPS, shape),
        [],
        screen,
      );
      expect(sizeOnScreen(typeSizes.value, zoom), id).toBeGreaterThanOrEqual(11);
      expect(sizeOnScreen(typeSizes.name, zoom), id).toBeGreaterThanOrEqual(10.5);
    }
  });
});
