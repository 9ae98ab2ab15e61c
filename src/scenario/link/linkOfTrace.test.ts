import { describe, expect, it } from 'vitest';
import { DESIGNS } from '../../designs/designs';
import { applyTextChange, makeTextChange } from '../../designs/textChange';
import { printDesign } from '../../kernel/text/printDesign';
import { LIBRARY } from '../library/library';
import { runScenario } from '../run/runScenario';
import { makeLink, parseLink } from './link';
import { linkOfTrace } from './linkOfTrace';

const CHANGED_LINES = 10;

describe.each(LIBRARY.map(({ id, scenario }) => ({ id, scenario })))('$id', ({ scenario }) => {
  it('has links of at most 2,000 characters with ten changed lines', () => {
    const design = DESIGNS.find(({ id }) => id === scenario.design);
    if (!design) throw new Error(`no design ${scenario.design}`);
    const outcome = runScenario(scenario);
    if (!outcome.ok) throw new Error(outcome.errors[0]?.message);
    const text = printDesign(design, scenario.options);
    const lines = text.split('\n');
    const steps = lines.flatMap((line, i) => (/^\t\w.*;$/.test(line) ? [i] : []));
    // All over the text, so that no two of them are one hunk.
    const changed = Array.from(
      { length: CHANGED_LINES },
      (_, i) => steps[Math.floor(((i + 0.5) * steps.length) / CHANGED_LINES)] ?? 0,
    );
    for (const i of changed)
      lines[i] = `\tif (device->open_count == ${i % 3}) { ${lines[i]?.trim()} }`;
    const edited = lines.join('\n');
    const change = makeTextChange(text, edited);
    expect(change?.hunks).toHaveLength(CHANGED_LINES);
    const link = makeLink({
      ...linkOfTrace(outcome.trace),
      ...(change ? { mutations: [change] } : {}),
    });
    expect(link.length).toBeLessThanOrEqual(2000);
    const parsed = parseLink(link);
    const [read] = (parsed.ok ? parsed.link.mutations : undefined) ?? [];
    expect(read?.kind === 'text' && applyTextChange(text, read)).toBe(edited);
  });
});
