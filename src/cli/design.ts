import { defaultOptions } from '../kernel/compiler/designModel';
import { printDesign } from '../kernel/text/printDesign';
import { makeDesignDiff } from '../designs/designDiff';
import { CliInputError } from './arguments';
import { EXIT_STATUS, type CliArguments, type CliCommand, type Terminal } from './command';
import { readDesignFile } from './designFile';
import { designOptions, requireDesign } from './input';

export const DESIGN_COMMAND: CliCommand = {
  id: 'design',
  usage: 'design ID|FILE.design|FILE.diff [--diff] [--option k=v]',
  about: 'prints a design as text, or a design file in its standard form',
  flags: ['diff'],
  options: ['option'],
  fileCount: [1, 1],
  run: design,
};

function design(args: CliArguments, terminal: Terminal): number {
  const [name = '-'] = args.files;
  const found =
    name === '-' || /[./\\]/.test(name)
      ? readDesignFile(name, terminal)
      : requireDesign(name, 'design');
  const options = designOptions(args);
  for (const [id, value] of Object.entries(options)) {
    const values = found.options.find((o) => o.id === id)?.values;
    if (!values?.includes(value))
      throw new CliInputError(
        values
          ? `--option ${id}: expected ${values.join(', ')}, got ${JSON.stringify(value)}`
          : `--option: expected an option of ${found.id} (${found.options.map((o) => o.id).join(', ') || 'it has none'}), got ${JSON.stringify(id)}`,
      );
  }
  const chosen = { ...defaultOptions(found), ...options };
  const text = printDesign(found, chosen);
  if (!args.flags.has('diff')) terminal.out(text);
  else {
    const builtIn = requireDesign(found.id, '--diff');
    terminal.out(makeDesignDiff(found.id, printDesign(builtIn, chosen), text));
  }
  return EXIT_STATUS.fine;
}
