import { SNIPPETS } from '../export/snippets';
import { EMBED_PARAMETERS } from '../host/parameters';
import { makeLink } from '../scenario/link/link';
import { linkOfTrace } from '../scenario/link/linkOfTrace';
import { choiceOption, CliInputError, optionValue } from './arguments';
import { EXIT_STATUS, type CliCommand, type Terminal, type CliArguments } from './command';
import { baseOption, MUTATION_USAGE, readScenario, runToTrace } from './input';
import { MUTATION_KINDS } from '../kernel/language/mutation';

/** The parameters of an embed that the command takes as options. */
const EMBED_OPTIONS = ['view', 'theme'] as const;

export const LINK_COMMAND: CliCommand = {
  id: 'link',
  usage: `link FILE [--base URL] [--step N] [--embed [--as ${SNIPPETS.map(({ id }) => id).join('|')}]] ${EMBED_OPTIONS.map((name) => `[--${name} ${EMBED_PARAMETERS[name].values.join('|')}]`).join(' ')} [--ro] [--design ID] [--option k=v] [--schedule ...] ${MUTATION_USAGE}`,
  about:
    'prints the permalink of a run, or a snippet that embeds it. --view, --theme and --ro are about the embed',
  flags: ['embed', 'ro'],
  options: [
    'base',
    'step',
    'as',
    ...EMBED_OPTIONS,
    'design',
    'option',
    'schedule',
    ...MUTATION_KINDS,
  ],
  fileCount: [1, 1],
  run: link,
};

function link(args: CliArguments, terminal: Terminal): number {
  const embed = args.flags.has('embed');
  if (args.options.has('as') && !embed)
    throw new CliInputError('--as: expected --embed with it, got --as alone');
  const snippet = choiceOption(args, 'as', SNIPPETS, 'html');
  const base = baseOption(args);
  const parameters = embedParameters(args);
  const trace = runToTrace(readScenario(args, terminal), args, terminal);
  const hash = makeLink(linkOfTrace(trace, stepOption(args, trace.steps.length)));
  const query = new URLSearchParams(parameters).toString();
  terminal.out(
    embed
      ? snippet.make(trace, { base, link: hash, parameters })
      : query === ''
        ? `${base ?? ''}${hash}\n`
        : `${(base ?? '').replace(/[^/]*$/, '')}embed.html?${query}${hash}\n`,
  );
  return EXIT_STATUS.fine;
}

/** The parameters that differ from their defaults. */
function embedParameters(args: CliArguments): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const name of EMBED_OPTIONS) {
    const { values } = EMBED_PARAMETERS[name];
    const choices = values.map((id) => ({ id }));
    const { id } = choiceOption(args, name, choices, values[0]);
    if (id !== values[0]) parameters[name] = id;
  }
  if (args.flags.has('ro')) parameters['ro'] = '1';
  return parameters;
}

/** The value of `--step`: 0 is the start of the run. */
function stepOption(args: CliArguments, last: number): number | undefined {
  const given = optionValue(args, 'step');
  if (given === undefined) return undefined;
  if (!/^\d{1,6}$/.test(given) || Number(given) > last)
    throw new CliInputError(
      `--step: expected an integer from 0 to ${last}, the steps of the run, got ${JSON.stringify(given)}`,
    );
  return Number(given);
}
