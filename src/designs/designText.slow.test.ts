import { expect, it } from 'vitest';
import type { DesignOption, Options } from '../kernel/language/design';
import { DESIGNS } from './designs';
import { throughText } from './testing/sameDesign';

/** Every combination of option values. */
function combinations(options: readonly DesignOption[]): readonly Options[] {
  return options.reduce<readonly Options[]>(
    (all, { id, values }) => all.flatMap((chosen) => values.map((v) => ({ ...chosen, [id]: v }))),
    [{}],
  );
}

it.each(DESIGNS)('parses the text of $id to the same design, for all options', (design) => {
  for (const options of combinations(design.options)) {
    const { parsed, expected } = throughText(design, options);
    expect(parsed).toEqual(expected);
  }
});
