import { describe, expect, it } from 'vitest';
import type { Design, Options } from '../kernel/language/design';
import { DESIGNS } from './designs';
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
});
