import { DESIGNS } from '../designs/designs';
import { PROPERTIES } from '../kernel/properties/properties';
import { LIBRARY } from '../scenario/library/library';
import { EXIT_STATUS, type CliCommand } from './command';
import { formatColumns, jsonText } from './output';

/** `designs`, `scenarios` and `properties`. */
export const LIST_COMMANDS: readonly CliCommand[] = [
  listCommand(
    'designs',
    DESIGNS.map(({ id, title, about, options }) => ({ id, title, about, options })),
    ({ id, title, options }) => [
      id,
      title,
      options.map((option) => `${option.id}=${option.values.join('|')}`).join(' '),
    ],
  ),
  listCommand(
    'scenarios',
    LIBRARY.map(({ id, title, group, designs }) => ({ id, title, group, designs })),
    ({ id, title, designs }) => [id, title, designs.join(' ')],
  ),
  listCommand(
    'properties',
    PROPERTIES.map(({ id, title, statement, cite: source }) => ({ id, title, statement, source })),
    ({ id, statement }) => [id, statement],
  ),
];

function listCommand<T>(
  id: string,
  items: readonly T[],
  cellsOf: (item: T) => readonly string[],
): CliCommand {
  return {
    id,
    usage: `${id} [--json]`,
    about: `lists the ${id}`,
    flags: ['json'],
    options: [],
    fileCount: [0, 0],
    run: (args, terminal) => {
      terminal.out(args.flags.has('json') ? jsonText(items) : formatColumns(items.map(cellsOf)));
      return EXIT_STATUS.fine;
    },
  };
}
