import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DESIGNS } from '../designs/designs';
import type { Design, DesignModel } from '../kernel/language/design';
import { parseDesign } from '../kernel/text/parseDesign';
import { printDesign } from '../kernel/text/printDesign';
import { seededRandom } from '../scenario/run/seededRandom';
import { mutateText } from './testing/mutateText';

/** A design with only some of its calls: its text is short. */
function partOf(design: Design, calls: readonly string[]): Design {
  const model = (options: Record<string, string>): DesignModel => {
    const whole = design.model(options);
    return {
      ...whole,
      calls: Object.fromEntries(
        Object.entries(whole.calls).filter(([name]) => calls.includes(name)),
      ) as DesignModel['calls'],
      releases: {},
      propertyInputs: {
        ...whole.propertyInputs,
        counters: whole.propertyInputs.counters.slice(0, 2),
      },
    };
  };
  return { ...design, model };
}

const SHORT = [
  ...DESIGNS.map((d) => partOf(d, ['open_group', 'device_io'])),
  ...DESIGNS.map((d) => partOf(d, ['kvm_add', 'probe_driver'])),
].map((d) => printDesign(d));
const LONG = DESIGNS.map((d) => printDesign(d));
const EXAMPLE = readFileSync(
  join(import.meta.dirname, '../../docs/examples/counter.design'),
  'utf8',
);
const MAX_MILLISECONDS = 50;

/** Parses and checks what must hold of any text; the time of the fastest of up to five attempts. */
function parseChecked(text: string): number {
  let fastest = Infinity;
  for (let attempt = 0; attempt < 5 && fastest > MAX_MILLISECONDS; attempt++) {
    const start = process.cpuUsage();
    const { design, diagnostics } = parseDesign(text);
    // Processor time, since other tests run at the same time.
    fastest = Math.min(fastest, process.cpuUsage(start).user / 1000);
    if ((design === undefined) !== diagnostics.length > 0)
      throw new Error('expected either a design or diagnostics');
    const lines = text.split('\n');
    for (const { line, column, from, to, message } of diagnostics) {
      const width = (lines[line - 1] ?? '').length;
      const placed =
        line <= lines.length &&
        column >= 1 &&
        column <= width + 1 &&
        from <= to &&
        to <= text.length;
      if (!placed || message === '') throw new Error(`${line}:${column}: ${message}`);
    }
    if (design && attempt === 0 && diagnostics.length === 0) {
      const again = printDesign(design);
      const parsed = parseDesign(again);
      if (!parsed.design || printDesign(parsed.design) !== again)
        throw new Error(`the text of a parsed design does not parse to it:\n${again}`);
    }
  }
  return fastest;
}

it.each([
  ['short', SHORT, 1_000, 1],
  ['long', LONG, 60, 2],
  ['example', [EXAMPLE], 98_940, 3],
] as const)('reports what is wrong with changed texts in time: %s', (_, texts, count, seed) => {
  const below = seededRandom(seed);
  let slowest = 0;
  for (let i = 0; i < count; i++) {
    const text = mutateText(texts[i % texts.length] ?? '', below);
    try {
      slowest = Math.max(slowest, parseChecked(text));
    } catch (error) {
      throw new Error(`seed ${seed}, mutation ${i}`, { cause: error });
    }
  }
  expect(slowest).toBeLessThan(MAX_MILLISECONDS);
});
