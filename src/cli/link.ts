import { designById } from '../designs/designs';
import { SNIPPETS } from '../export/snippets';
import { makeLink } from '../scenario/link/link';
import { linkOfTrace } from '../scenario/link/linkOfTrace';
import { choiceOption, CliInputError, optionValue } from './arguments';
import { EXIT_STATUS, type CliCommand, type Terminal, type CliArguments } from './command';
import { readScenario, runToTrace } from './input';

export const LINK_COMMAND: CliCommand = {
  id: 'link',
  usage: `link FILE [--base URL] [--embed [--as ${SNIPPETS.map(({ id }) => id).join('|')}]] [--design ID] [--option k=v] [--schedule ...]`,
  about: 'prints the permalink of a run, or a snippet that embeds it',
  flags: ['embed'],
  options: ['base', 'as', 'design', 'option', 'schedule'],
  fileCount: [1, 1],
  run: link,
};

function link(args: CliArguments, terminal: Terminal): number {
  const embed = args.flags.has('embed');
  if (args.options.has('as') && !embed)
    throw new CliInputError('--as: expected --embed with it, got --as alone');
  const snippet = choiceOption(args, 'as', SNIPPETS, 'html');
  if (designById(optionValue(args, 'design') ?? '')?.fromText)
    throw new CliInputError(
      '--design: expected the id of a built-in design, got a file, which a link does not carry',
    );
  const base = optionValue(args, 'base');
  const trace = runToTrace(readScenario(args, terminal), args, terminal);
  terminal.out(
    embed ? snippet.make(trace, { base }) : `${base ?? ''}${makeLink(linkOfTrace(trace))}\n`,
  );
  return EXIT_STATUS.fine;
}
