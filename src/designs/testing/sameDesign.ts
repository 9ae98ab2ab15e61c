import { unmodifiedTitle } from '../../kernel/language/design';
import type { Design, Options } from '../../kernel/language/design';
import { diagnosticsText } from '../../kernel/text/diagnostic';
import { parseDesign } from '../../kernel/text/parseDesign';
import { printDesign } from '../../kernel/text/printDesign';

/** A design with these options, and what its text parses to: equal, if the text keeps everything. */
export function throughText(design: Design, options: Options) {
  const text = printDesign(design, options);
  const { design: parsed, diagnostics } = parseDesign(text);
  const { titleWithOptions: _, ...kept } = design;
  return {
    parsed: {
      ...parsed,
      model: parsed?.model({}),
      problems: diagnosticsText(design.id, diagnostics),
      text: parsed && printDesign(parsed),
    },
    expected: {
      ...kept,
      title: unmodifiedTitle(design, options),
      // A text has one value of each option, so it does not say what the others do.
      options: design.options.map(({ effects: _effects, ...o }) => ({
        ...o,
        values: [options[o.id]],
      })),
      model: design.model(options),
      problems: '',
      text,
    },
  };
}
