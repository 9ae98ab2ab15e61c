import { describe, expect, it } from 'vitest';
import { DESIGNS } from '../designs/designs';
import { registerDesigns } from '../designs/registry';
import { propertyById } from '../kernel/properties/properties';
import { libraryEntry } from '../scenario/library/library';
import { runScenario } from '../scenario/run/runScenario';
import type { Trace } from '../scenario/run/trace';
import { svgAnimationExport } from './formats/svgAnimation';
import { recordingOf, stillsOf } from './recording';

registerDesigns(DESIGNS);

function traceOf(id: string): Trace {
  const entry = libraryEntry(id);
  const outcome = entry && runScenario(entry.scenario);
  if (!outcome?.ok) throw new Error(`${id} does not run`);
  return outcome.trace;
}

const texts = (elements: readonly string[]): string =>
  elements.join('').replaceAll(/<[^>]+>/g, ' ');

describe('a recording', () => {
  it.each(['bind-race', 'shared-group'])('of %s is 800 px wide and shows what changes', (id) => {
    const { box, stage, frames } = recordingOf(traceOf(id));
    expect(box.width).toBe(800);
    expect(box.height).toBeLessThan(900);
    for (const { layers, camera } of frames.slice(1)) {
      const [, y = 0, height = 0] =
        /y="(-?[\d.]+)" width="[\d.]+" height="([\d.]+)"/
          .exec(layers.at(-1)?.[0] ?? '')
          ?.map(Number) ?? [];
      if (height === 0) continue;
      expect(y * camera.scale + camera.y).toBeGreaterThanOrEqual(stage.y);
      expect((y + height) * camera.scale + camera.y).toBeLessThanOrEqual(stage.y + stage.height);
    }
  });

  it('starts with the state at one point and ends with the step at the other', () => {
    const { frames } = recordingOf(traceOf('bind-race'), { from: 36, until: 50 });
    expect(texts(frames[0]?.text ?? [])).toContain('After step 36');
    expect(texts(frames.at(-1)?.text ?? [])).toContain('-EINVAL, not -EBUSY');
    const all = recordingOf(traceOf('bind-race'), { from: 36, until: 50, full: true });
    expect(all.frames).toHaveLength(1 + 14);
  });

  it('tells the outcome in the last frame, in the size of a caption', () => {
    const shown = (id: string, until?: number): string =>
      recordingOf(traceOf(id), until === undefined ? {} : { until })
        .frames.at(-1)
        ?.text.filter((line) => line.includes('class="ink say"'))
        .map((line) => line.replaceAll(/<[^>]+>/g, ''))
        .join(' ') ?? '';
    expect(shown('dma-first-owner')).toContain(
      `to 1. ${propertyById('owner-exclusive').consequence}`,
    );
    expect(shown('bind-race')).toContain('fails with -EINVAL; every other call succeeds.');
    expect(shown('bind-race', 30)).not.toContain('every other call');
  });

  it('shows every step where none affects the outcome', () => {
    expect(recordingOf(traceOf('cdev-path'), { from: 3, until: 4 }).frames).toHaveLength(2);
  });

  it('has the same length as stills', () => {
    const recording = recordingOf(traceOf('shared-group'));
    const sum = (parts: readonly { readonly seconds: number }[]): number =>
      parts.reduce((total, { seconds }) => total + seconds, 0);
    const stills = stillsOf(recording);
    expect(stills.length).toBeGreaterThan(recording.frames.length);
    expect(sum(stills)).toBeCloseTo(sum(recording.frames));
  });

  it('uses only classes that its style sheet has, and loops', () => {
    for (const theme of ['light', 'dark'] as const) {
      const svg = svgAnimationExport.make(traceOf('shared-group'), { theme });
      const style = /<style>(.*?)<\/style>/s.exec(svg)?.[1] ?? '';
      const classes = new Set(
        [...svg.matchAll(/class="([^"]*)"/g)].flatMap(([, names = '']) => names.split(' ')),
      );
      expect(
        [...classes].filter((name) => name !== '' && !new RegExp(`\\.${name}\\b`).test(style)),
      ).toEqual([]);
      expect(style).toContain('infinite');
      expect(style).toContain('@keyframes camera');
    }
  });
});
