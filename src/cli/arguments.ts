import { parseArgs } from 'node:util';
import { didYouMean } from '../kernel/language/closestMatches';
import type { CliCommand, CliArguments } from './command';

/** Input or usage that a command rejects; the message goes to standard error. */
export class CliInputError extends Error {}

/** Throws `CliInputError` for an unknown option, a missing value or a wrong number of files. */
export function parseArguments(command: CliCommand, args: readonly string[]): CliArguments {
  const usage = `usage: vfio-playground ${command.usage}`;
  const files: string[] = [];
  const flags = new Set<string>();
  const options = new Map<string, string[]>();
  // A name that is both flag and option takes its value only as `--name=value`.
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries([
      ...command.options.map((name) => [
        name,
        { type: 'string', ...(name.length === 1 ? { short: name } : {}) } as const,
      ]),
      ...command.flags.map((name) => [name, { type: 'boolean' } as const]),
    ]),
    allowPositionals: true,
    // The errors of strict mode name neither the usage nor a close match.
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === 'positional') files.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    if (value === undefined && command.flags.includes(name)) flags.add(name);
    else if (command.options.includes(name)) {
      if (value === undefined)
        throw new CliInputError(`${rawName}: expected a value, got nothing; ${usage}`);
      options.set(name, [...(options.get(name) ?? []), value]);
    } else if (command.flags.includes(name))
      throw new CliInputError(`${rawName}: expected no value, got ${JSON.stringify(value)}`);
    else
      throw new CliInputError(
        `${command.id}: expected an option of this command, got ${rawName}; ${usage}`,
      );
  }
  const [min, max] = command.fileCount;
  if (files.length < min || files.length > max) {
    const expected = max === 0 ? 'no file' : min === max ? `${min} file` : `${min} to ${max} files`;
    throw new CliInputError(`${command.id}: expected ${expected}, got ${files.length}; ${usage}`);
  }
  return { files, flags, options };
}

/** The value of an option; the last one if it was given several times. */
export function optionValue(args: CliArguments, option: string): string | undefined {
  return args.options.get(option)?.at(-1);
}

/** The item whose id is the value of an option. */
export function choiceOption<T extends { readonly id: string }>(
  args: CliArguments,
  option: string,
  items: readonly T[],
  defaultId?: string,
): T {
  const given = optionValue(args, option) ?? defaultId;
  const item = items.find(({ id }) => id === given);
  if (!item)
    throw new CliInputError(
      `--${option}: expected ${items.map(({ id }) => id).join(', ')}, got ${given === undefined ? 'nothing' : JSON.stringify(given)}`,
    );
  return item;
}

/** An integer from 1 to `max`; undefined if the option is not given. */
export function integerOption(args: CliArguments, option: string, max: number): number | undefined {
  const given = optionValue(args, option);
  if (given === undefined) return undefined;
  const value = Number(given);
  if (!/^\d{1,9}$/.test(given) || value < 1 || value > max)
    throw new CliInputError(
      `--${option}: expected an integer from 1 to ${max}, got ${JSON.stringify(given)}`,
    );
  return value;
}

/** The `(did you mean …?)` of a message about an unknown name. */
export function suggestion(name: string, names: readonly string[]): string {
  const hint = didYouMean(name, names, 1);
  return hint === undefined ? '' : ` (${hint})`;
}
