import { DESIGNS } from '../designs/designs';
import { LIBRARY } from '../scenario/library/library';
import { CliInputError } from './arguments';
import { EXIT_STATUS, type CliCommand } from './command';
import { dashed, optionHelp, optionNames } from './optionHelp';

const SHELLS: Readonly<Record<string, (commands: readonly CliCommand[]) => string>> = {
  bash: bashScript,
  zsh: (commands) =>
    `#compdef vfio-playground\nautoload -U +X bashcompinit && bashcompinit\n${bashScript(commands)}`,
  fish: fishScript,
};

/** `completion SHELL`, which completes the other commands. */
export function completionCommand(others: readonly CliCommand[]): CliCommand {
  const shells = Object.keys(SHELLS);
  const command: CliCommand = {
    id: 'completion',
    usage: `completion ${shells.join('|')}`,
    about: 'prints a script for the shell; bash: source <(vfio-playground completion bash)',
    flags: [],
    options: [],
    fileCount: [1, 1],
    run: ({ files: [shell = ''] }, terminal) => {
      const make = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
      if (!make)
        throw new CliInputError(
          `completion: expected ${shells.join(', ')}, got ${JSON.stringify(shell)}`,
        );
      terminal.out(make([...others, command]));
      return EXIT_STATUS.fine;
    },
  };
  return command;
}

/** What a command takes besides options and files. */
function wordsOf(command: CliCommand): readonly string[] {
  if (command.id === 'completion') return Object.keys(SHELLS);
  if (command.id === 'design') return DESIGNS.map(({ id }) => id);
  if (command.id === 'validate') return [];
  return command.fileCount[1] > 0 ? LIBRARY.map(({ id }) => id) : [];
}

/** Completes commands, then options, their values, and files and built-in scenarios. */
function bashScript(commands: readonly CliCommand[]): string {
  const values = commands.flatMap((command) =>
    optionNames(command).flatMap((option) => {
      const { value, choices } = optionHelp(command, option);
      if (value === undefined || option === 'reduce') return [];
      return [
        `    "${command.id} ${dashed(option)}") COMPREPLY=($(compgen ${choices ? `-W "${choices.join(' ')}"` : '-f'} -- "$word")); return;;`,
      ];
    }),
  );
  const options = commands.map((command) => {
    const words = optionNames(command).map(dashed).join(' ');
    const takesFiles = command.fileCount[1] > 0 && command.id !== 'completion';
    return `    ${command.id}) words="${[words, ...wordsOf(command)].join(' ')}"${takesFiles ? '; files=-f' : ''};;`;
  });
  return `_vfio_playground() {
  local word=\${COMP_WORDS[COMP_CWORD]} command=\${COMP_WORDS[1]} before=\${COMP_WORDS[COMP_CWORD-1]} words='' files=''
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W "${commands.map(({ id }) => id).join(' ')} --help --version" -- "$word"))
    return
  fi
  case "$command $before" in
${values.join('\n')}
  esac
  case $command in
${options.join('\n')}
  esac
  COMPREPLY=($(compgen $files -W "$words" -- "$word"))
}
complete -F _vfio_playground vfio-playground
`;
}

function fishScript(commands: readonly CliCommand[]): string {
  const quote = (text: string): string => `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
  const lines = commands.flatMap((command) => {
    const when = `-n '__fish_seen_subcommand_from ${command.id}'`;
    return [
      `complete -c vfio-playground -n __fish_use_subcommand -f -a ${command.id} -d ${quote(command.about)}`,
      `complete -c vfio-playground ${when} -a '${wordsOf(command).join(' ')}'`,
      ...optionNames(command).map((option) => {
        const { value, choices, about } = optionHelp(command, option);
        const takes =
          value === undefined || option === 'reduce'
            ? ''
            : choices
              ? ` -x -a '${choices.join(' ')}'`
              : ' -r';
        return `complete -c vfio-playground ${when} ${option.length === 1 ? '-s' : '-l'} ${option}${takes} -d ${quote(about)}`;
      }),
    ];
  });
  return `${lines.join('\n')}\n`;
}
