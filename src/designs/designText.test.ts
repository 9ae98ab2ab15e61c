import { describe, expect, it } from 'vitest';
import type { Design, Options } from '../kernel/language/design';
import { parseDesign } from '../kernel/text/parseDesign';
import { printDesign } from '../kernel/text/printDesign';
import { DESIGNS } from './designs';
import { EXAMPLE_DESIGN } from './exampleDesign';
import { throughText } from './testing/sameDesign';

/** The default options, and those with one option changed. `designText.slow.test.ts` has all combinations. */
function optionChanges({ options }: Design): readonly Options[] {
  const defaults = Object.fromEntries(options.map((o) => [o.id, o.values[0] ?? '']));
  return [
    defaults,
    ...options.flatMap((o) => o.values.slice(1).map((value) => ({ ...defaults, [o.id]: value }))),
  ];
}

describe('the text of a design', () => {
  it.each(
    DESIGNS.flatMap((design) =>
      optionChanges(design).map((options) => ({ id: design.id, options, design })),
    ),
  )('parses to the same design: $id $options', ({ design, options }) => {
    const { parsed, expected } = throughText(design, options);
    expect(parsed).toEqual(expected);
  });

  // Found by `npm run fuzz`: a line that ends with a space is read without it.
  it('prints a comment with spaces in a row as it reads it', () => {
    for (let shift = 0; shift < 8; shift++) {
      const comment = `${'x'.repeat(shift)} ${'1 +  '.repeat(40)}end`;
      const text = EXAMPLE_DESIGN.replace('Two threads add to a counter under a mutex.', comment);
      expect(text).toContain(comment);
      const once = printDesign(parseDesign(text).design ?? expect.fail());
      expect(printDesign(parseDesign(once).design ?? expect.fail())).toBe(once);
    }
  });
});
