import { defaultOptions } from '../kernel/compiler/compile';
import { printDesign } from '../kernel/text/printDesign';
import { CliInputError } from './arguments';
import { EXIT_STATUS, type CliArguments, type CliCommand, type Terminal } from './command';
import { readDesignFile } from './designFile';
import { designOptions, requireDesign } from './input';

export const DESIGN_COMMAND: CliCommand = {
  id: 'design',
  usage: 'design ID|FILE.design [--option k=v]',
  about: 'prints a design as text, or a design file in its standard form',
  flags: [],
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
  terminal.out(printDesign(found, { ...defaultOptions(found), ...options }));
  return EXIT_STATUS.fine;
}
