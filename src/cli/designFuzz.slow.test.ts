import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DESIGNS } from '../designs/designs';
import type { Design, DesignModel } from '../kernel/language/design';
import { parseDesign } from '../kernel/text/parseDesign';
import { printDesign } from '../kernel/text/printDesign';
import { fuzzRounds } from '../scenario/testing/fuzzRounds';
import { seededRandom } from '../scenario/run/seededRandom';
import { mutateText } from '../kernel/testing/mutateText';

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

/** Parses and checks what must hold of any text. */
function parseChecked(text: string): void {
  const { design, diagnostics } = parseDesign(text);
  if ((design === undefined) !== diagnostics.length > 0)
    throw new Error('expected either a design or diagnostics');
  const lines = text.split('\n');
  for (const { line, column, from, to, message } of diagnostics) {
    const width = (lines[line - 1] ?? '').length;
    const placed =
      line <= lines.length && column >= 1 && column <= width + 1 && from <= to && to <= text.length;
    if (!placed || message === '') throw new Error(`${line}:${column}: ${message}`);
  }
  if (!design) return;
  const again = printDesign(design);
  const parsed = parseDesign(again);
  if (!parsed.design || printDesign(parsed.design) !== again)
    throw new Error(`the text of a parsed design does not parse to it:\n${again}`);
}

// How long a parse takes is measured by `npm run bench -- share`.
it.each([
  ['short', SHORT, fuzzRounds(150, 10_000), 1],
  ['long', LONG, fuzzRounds(12, 2_000), 2],
  ['example', [EXAMPLE], fuzzRounds(5_000, 100_000), 3],
] as const)('reports what is wrong with changed texts: %s', (_, texts, count, seed) => {
  const below = seededRandom(seed);
  const failures: string[] = [];
  for (let i = 0; i < count; i++) {
    const text = mutateText(texts[i % texts.length] ?? '', below);
    try {
      parseChecked(text);
    } catch (error) {
      failures.push(`seed ${seed}, mutation ${i}: ${String(error)}`);
    }
  }
  expect(failures).toEqual([]);
});
