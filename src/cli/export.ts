import type { Export, ExportOptions } from '../export/export';
import { EXPORTS } from '../export/exports';
import { MUTATION_KINDS } from '../kernel/language/mutation';
import type { Trace } from '../scenario/run/trace';
import { choiceOption, CliInputError, optionValue } from './arguments';
import { EXIT_STATUS, type CliCommand, type Terminal, type CliArguments } from './command';
import {
  baseOption,
  errorMessage,
  MUTATION_USAGE,
  propertyOptions,
  readScenario,
  runToTrace,
} from './input';

export const EXPORT_COMMAND: CliCommand = {
  id: 'export',
  usage: `export FILE --to ${EXPORTS.map(({ id }) => id).join('|')} [-o OUT] [--full] [--property ID] [--base URL] [--theme light|dark|auto] [--from N] [--until M] [--design ID] [--option k=v] [--schedule ...] ${MUTATION_USAGE}`,
  about: 'writes the run of a scenario in another format',
  flags: ['full'],
  options: [
    'to',
    'o',
    'property',
    'base',
    'theme',
    'from',
    'until',
    'design',
    'option',
    'schedule',
    ...MUTATION_KINDS,
  ],
  fileCount: [1, 1],
  run: exportRun,
};

const THEMES = [{ id: 'light' }, { id: 'dark' }, { id: 'auto' }] as const;

function exportRun(args: CliArguments, terminal: Terminal): number {
  const format = choiceOption(args, 'to', EXPORTS);
  const options = exportOptions(args);
  const properties = propertyOptions(args);
  if (properties.length > 1)
    throw new CliInputError(`--property: expected one property, got ${properties.join(', ')}`);
  const trace = runToTrace(readScenario(args, terminal), args, terminal);
  const range = recordedRange(format, trace, args);
  writeExport(format, trace, { ...options, ...range, property: properties[0] }, args, terminal);
  return EXIT_STATUS.fine;
}

/** The steps that `--from` and `--until` ask for. */
function recordedRange(
  format: Export,
  { steps }: Trace,
  args: CliArguments,
): Pick<ExportOptions, 'from' | 'until'> {
  const from = stepOption(args, 'from', 0, steps.length - 1);
  const until = stepOption(args, 'until', (from ?? 0) + 1, steps.length);
  if ((from !== undefined || until !== undefined) && format.id !== 'animation')
    throw new CliInputError(
      `--${from === undefined ? 'until' : 'from'}: expected --to animation, got --to ${format.id}`,
    );
  return { from, until };
}

function stepOption(
  args: CliArguments,
  name: 'from' | 'until',
  min: number,
  max: number,
): number | undefined {
  const text = optionValue(args, name);
  if (text === undefined) return undefined;
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max))
    throw new CliInputError(
      `--${name}: expected a step from ${min} to ${max}, got ${JSON.stringify(text)}`,
    );
  return value;
}

/** What the arguments ask of any export. */
export function exportOptions(args: CliArguments): ExportOptions {
  return {
    full: args.flags.has('full'),
    base: baseOption(args),
    theme: choiceOption(args, 'theme', THEMES, 'auto').id,
  };
}

/** Writes an export to the file of `-o` with its companions beside it, else to standard output. */
export function writeExport(
  format: Export,
  trace: Trace,
  options: ExportOptions,
  args: CliArguments,
  terminal: Terminal,
): void {
  if (format.id === 'scenario' && trace.program.design.modified)
    throw new CliInputError(
      `--to: expected another format than scenario for a modified design, because a scenario file has no changes of a design; link carries them`,
    );
  const text = format.make(trace, options);
  const file = optionValue(args, 'o');
  const companions = format.companions?.(trace, options) ?? [];
  if (file === undefined || file === '-') {
    terminal.out(text);
    for (const { fileName } of companions)
      terminal.err(`${fileName} is not written: -o OUT writes it beside OUT\n`);
    return;
  }
  const folder = file.replace(/[^/\\]*$/, '');
  for (const [name, content] of [
    [file, text] as const,
    ...companions.map((c) => [`${folder}${c.fileName}`, c.text] as const),
  ]) {
    try {
      terminal.write(name, content);
    } catch (error) {
      throw new CliInputError(`-o: expected a writable file, got ${name}: ${errorMessage(error)}`, {
        cause: error,
      });
    }
  }
}
