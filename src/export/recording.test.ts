import { describe, expect, it } from 'vitest';
import { DESIGNS } from '../designs/designs';
import { registerDesigns } from '../designs/registry';
import { propertyById } from '../kernel/properties/properties';
import { libraryEntry } from '../scenario/library/library';
import { runScenario } from '../scenario/run/runScenario';
import type { Trace } from '../scenario/run/trace';
import { svgAnimationExport } from './formats/svgAnimation';
import { svgGraphExport } from './formats/svgGraph';
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
  it.each(['bind-race', 'dma-first-owner'])('of %s is 800 px wide and always whole', (id) => {
    const { box, transform, frames } = recordingOf(traceOf(id));
    expect(box.width).toBe(800);
    const [x = 0, y = 0, scale = 0] = [...transform.matchAll(/-?[\d.]+/g)].map(Number);
    // The smallest usual type, 10.2 px, is at least 11 px high.
    expect(scale).toBeGreaterThan(1.07);
    for (const { layers } of frames)
      for (const element of layers.flat())
        for (const [, ...numbers] of element.matchAll(
          /<rect class="[^"]*"(?: stroke-width="3")? x="(-?[\d.]+)" y="(-?[\d.]+)" width="([\d.]+)" height="([\d.]+)"/g,
        )) {
          const [left = 0, top = 0, width = 0, height = 0] = numbers.map(Number);
          expect(left * scale + x, element).toBeGreaterThanOrEqual(0);
          expect((left + width) * scale + x, element).toBeLessThanOrEqual(box.width);
          expect(top * scale + y, element).toBeGreaterThanOrEqual(36);
          expect((top + height) * scale + y, element).toBeLessThan(box.height - 40);
        }
  });

  it('has the colours of the processes', () => {
    const { frames } = recordingOf(traceOf('bind-race'));
    for (const { layers } of frames) {
      const nodes = layers[2]?.join('') ?? '';
      for (const [name, paint] of [
        ['qemu', 'process1'],
        ['dpdk', 'process2'],
      ] as const) {
        expect(nodes).toContain(`<rect class="sheet ${paint}"`);
        expect(nodes).toMatch(new RegExp(`<text class="${paint}Text name"[^>]*>${name}<`));
      }
    }
    const outlines = frames.flatMap(({ layers }) => layers.at(-1) ?? []).join('');
    expect(outlines).toContain('class="edge process1"');
    expect(outlines).toContain('class="edge process2"');
    expect(outlines).not.toContain('class="edge strong"');
  });

  it('speaks of access in the words of its design', () => {
    for (const { make } of [svgAnimationExport, svgGraphExport]) {
      const upstream = make(traceOf('bind-race'));
      expect(upstream).toContain('>access not granted: calls cannot reach the driver<');
      expect(upstream).not.toMatch(/>f_op, /);
      expect(make(traceOf('split-race'))).toMatch(/>f_op, (parked|normal): calls/);
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

  it('has a still for each frame', () => {
    const recording = recordingOf(traceOf('shared-group'));
    expect(stillsOf(recording).map(({ seconds }) => seconds)).toEqual(
      recording.frames.map(({ seconds }) => seconds),
    );
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
      expect(style).toContain('@keyframes f0');
    }
  });
});
