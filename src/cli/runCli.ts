import { CliInputError, parseArguments } from './arguments';
import { CHECK_COMMAND } from './check';
import { completionCommand } from './completion';
import { DESIGN_COMMAND } from './design';
import { resolveDesignFiles } from './designFile';
import { EXIT_STATUS, type CliArguments, type CliCommand, type Terminal } from './command';
import { EXPORT_COMMAND } from './export';
import { errorMessage } from './input';
import { LINK_COMMAND } from './link';
import { LIST_COMMANDS } from './lists';
import { MATRIX_COMMAND } from './matrix';
import { commandHelp } from './optionHelp';
import { endWithNewline } from './output';
import { RECORD_COMMAND } from './record';
import { RUN_COMMAND } from './run';
import { VALIDATE_COMMAND } from './validate';

const WORKING_COMMANDS: readonly CliCommand[] = [
  RUN_COMMAND,
  CHECK_COMMAND,
  MATRIX_COMMAND,
  EXPORT_COMMAND,
  LINK_COMMAND,
  VALIDATE_COMMAND,
  RECORD_COMMAND,
  DESIGN_COMMAND,
  ...LIST_COMMANDS,
];

/** Every command, in the order of the help. */
export const COMMANDS: readonly CliCommand[] = [
  ...WORKING_COMMANDS,
  completionCommand(WORKING_COMMANDS),
];

/** Runs one command line (without `node` and the script) and returns its exit status. Bad input becomes a message and status 2. */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    (name === undefined ? terminal.err : terminal.out)(usageText());
    return name === undefined ? EXIT_STATUS.badInput : EXIT_STATUS.fine;
  }
  if (name === '--version') {
    terminal.out(`${terminal.version}\n`);
    return EXIT_STATUS.fine;
  }
  try {
    const command = COMMANDS.find(({ id }) => id === name);
    if (!command)
      throw new CliInputError(
        `expected a command (${COMMANDS.map(({ id }) => id).join(', ')}), got ${JSON.stringify(name)}`,
      );
    if (rest.includes('--help')) {
      terminal.out(commandHelp(command));
      return EXIT_STATUS.fine;
    }
    return await runCommand(command, parseArguments(command, rest), terminal);
  } catch (error) {
    if (!(error instanceof CliInputError)) throw error;
    terminal.err(endWithNewline(error.message));
    return EXIT_STATUS.badInput;
  }
}

/** Runs a command with the design files of its arguments. What such a design cannot run is bad input. */
async function runCommand(
  command: CliCommand,
  given: CliArguments,
  terminal: Terminal,
): Promise<number> {
  const { args, used, restore } = resolveDesignFiles(given, terminal);
  try {
    return await command.run(args, terminal);
  } catch (error) {
    if (!used || error instanceof CliInputError) throw error;
    throw new CliInputError(
      `${given.options.get('design')?.join(', ')}: expected a design that can run this scenario, got ${errorMessage(error)}`,
      { cause: error },
    );
  } finally {
    restore();
  }
}

function usageText(): string {
  const commands = COMMANDS.map(({ usage, about }) => `  ${usage}\n      ${about}\n`).join('');
  return (
    `usage: vfio-playground COMMAND\n\n${commands}\n` +
    'COMMAND --help explains each option. --version prints the version.\n' +
    'FILE is a path, - for standard input, or the id of a built-in scenario.\n' +
    'run, check, matrix, export, validate and record also take --design FILE.design, a design as text (docs/design-language.md).\n' +
    'Exit status: 0 success; 1 a property is violated, or --verify found a difference; 2 bad input or usage; 3 a limit stopped the search.\n'
  );
}
