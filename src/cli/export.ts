import { EXPORTS } from '../export/exports';
import { choiceOption, CliInputError, optionValue } from './arguments';
import { EXIT_STATUS, type CliCommand, type Terminal, type CliArguments } from './command';
import { errorMessage, readScenario, runToTrace } from './input';

export const EXPORT_COMMAND: CliCommand = {
  id: 'export',
  usage: `export FILE --to ${EXPORTS.map(({ id }) => id).join('|')} [-o OUT] [--full] [--base URL] [--theme light|dark|auto] [--design ID] [--option k=v] [--schedule ...]`,
  about: 'writes the run of a scenario in another format',
  flags: ['full'],
  options: ['to', 'o', 'base', 'theme', 'design', 'option', 'schedule'],
  fileCount: [1, 1],
  run: exportRun,
};

const THEMES = [{ id: 'light' }, { id: 'dark' }, { id: 'auto' }] as const;

function exportRun(args: CliArguments, terminal: Terminal): number {
  const format = choiceOption(args, 'to', EXPORTS);
  const theme = choiceOption(args, 'theme', THEMES, 'auto').id;
  const text = format.make(runToTrace(readScenario(args, terminal), args, terminal), {
    full: args.flags.has('full'),
    base: optionValue(args, 'base'),
    theme,
  });
  const file = optionValue(args, 'o');
  if (file === undefined || file === '-') terminal.out(text);
  else {
    try {
      terminal.write(file, text);
    } catch (error) {
      throw new CliInputError(`-o: expected a writable file, got ${file}: ${errorMessage(error)}`, {
        cause: error,
      });
    }
  }
  return EXIT_STATUS.fine;
}
