import { DESIGNS } from '../designs/designs';
import { EXPORTS } from '../export/exports';
import { SNIPPETS } from '../export/snippets';
import { EMBED_PARAMETERS } from '../host/parameters';
import { PROPERTY_IDS } from '../kernel/properties/properties';
import type { CliCommand } from './command';

/** What `--help` and the completion say of an option. */
interface OptionHelp {
  /** The name of its value; absent for a flag. */
  readonly value?: string;
  /** The values that it takes, if they are few. */
  readonly choices?: readonly string[];
  readonly about: string;
}

const EXPORT_IDS = EXPORTS.map(({ id }) => id);

/** Every option of every command, without its dashes. `COMMAND.OPTION` is an option that means something else there. */
const OPTION_HELP: Readonly<Record<string, OptionHelp>> = {
  json: { about: 'print the result as JSON' },
  design: {
    value: 'ID',
    choices: DESIGNS.map(({ id }) => id),
    about:
      'use this design instead of the one of the file; run, check, matrix, export, validate and record also take FILE.design, a design as text, and FILE.diff, changes to a built-in one',
  },
  diff: { about: 'print the changes to the built-in design, as a file that --design takes' },
  option: { value: 'K=V', about: 'set an option of the design; can be repeated' },
  schedule: {
    value: 'S',
    about: 'sequential, random:SEED, or entries: "qemu*3,driver until REG.12,dpdk"',
  },
  full: { about: 'print all steps, and every violation at its step' },
  'run.verify': { about: 'compare the run with "expect" of the scenario' },
  'check.verify': { about: 'compare the verdict and the outcomes with "expect" of the scenario' },
  without: { value: 'STEP', about: 'remove a step, or with STEP#OPERATION one operation of it' },
  swap: { value: 'STEP,STEP', about: 'swap two steps' },
  plain: { value: 'STEP', about: 'make its store-release or load-acquire a plain one' },
  split: { value: 'STEP', about: 'split a step into its operations' },
  'check.property': {
    value: 'ID',
    choices: PROPERTY_IDS,
    about: 'check only these properties; can be repeated',
  },
  'export.property': {
    value: 'ID',
    choices: PROPERTY_IDS,
    about: 'argue this property instead of the one of the title',
  },
  'max-states': { value: 'N', about: 'stop after N states' },
  'max-memory': { value: 'MB', about: 'stop at this much memory' },
  'max-seconds': { value: 'S', about: 'stop after this time' },
  engine: {
    value: 'NAME',
    choices: ['wasm', 'bytecode', 'spin'],
    about: 'the search engine; spin needs spin and gcc',
  },
  bitstate: { about: 'SPIN: one bit per state; it may miss states, so nothing holds' },
  'hash-compact': { about: 'SPIN: a hash per state; it may miss states, so nothing holds' },
  swarm: {
    value: 'JOBS',
    about: 'SPIN: so many bitstate searches in different orders; 33-64 for a part of them',
  },
  cores: { value: 'N', about: 'SPIN: search with so many processes' },
  memory: { value: 'MB', about: 'SPIN: memory of the search, 2048 without it' },
  reduce: {
    value: 'KIND',
    choices: ['symmetry', 'partial-order', 'both'],
    about: 'reduce the states; alone it is symmetry, a kind needs =KIND',
  },
  export: { value: 'FORMAT', choices: EXPORT_IDS, about: 'write the counterexample in a format' },
  'validate.design': {
    value: 'ID',
    choices: DESIGNS.map(({ id }) => id),
    about: 'the design that should explain the trace; upstream, or that of our own export',
  },
  'validate.export': {
    value: 'FORMAT',
    choices: EXPORT_IDS,
    about: 'write the schedule that explains the trace in a format; scenario plays on the page',
  },
  world: {
    value: 'FILE',
    about: 'take the devices and groups of this scenario; the trace may have them too',
  },
  'ignore-lock': {
    value: 'ADDRESS',
    about: 'a mutex in contention events that is outside the model; can be repeated',
  },
  mutations: { value: 'DESIGN', about: 'remove one step at a time and print what notices' },
  to: { value: 'FORMAT', choices: EXPORT_IDS, about: 'the format' },
  o: { value: 'OUT', about: 'the file to write; standard output without it' },
  theme: {
    value: 'NAME',
    choices: EMBED_PARAMETERS.theme.values,
    about: 'the colours of a picture or an embed',
  },
  from: { value: 'N', about: 'start an animation after step N; 0 is the start of the run' },
  until: { value: 'M', about: 'end an animation with step M' },
  base: { value: 'URL', about: 'the address of the playground in links' },
  embed: { about: 'print a snippet instead of a link' },
  as: { value: 'KIND', choices: SNIPPETS.map(({ id }) => id), about: 'the kind of snippet' },
  step: { value: 'N', about: 'open at this step; 0 is the start of the run' },
  view: {
    value: 'NAME',
    choices: EMBED_PARAMETERS.view.values,
    about: 'the view of the embed',
  },
  ro: { about: 'a read-only embed' },
  help: { about: 'print this text' },
};

/** The help of an option of a command. Throws if there is none. */
export function optionHelp(command: CliCommand, option: string): OptionHelp {
  const found = OPTION_HELP[`${command.id}.${option}`] ?? OPTION_HELP[option];
  if (!found) throw new Error(`--${option} of ${command.id} has no help`);
  return found;
}

/** The options of a command as they are typed, each once, `--help` last. */
export function optionNames(command: CliCommand): readonly string[] {
  return [...new Set([...command.options, ...command.flags, 'help'])];
}

/** An option with its dashes. */
export function dashed(option: string): string {
  return `${option.length === 1 ? '-' : '--'}${option}`;
}

/** The text of `COMMAND --help`. */
export function commandHelp(command: CliCommand): string {
  const rows = optionNames(command).map((option) => {
    const { value, choices, about } = optionHelp(command, option);
    const takes = value === undefined ? '' : ` ${value}`;
    return [
      `${dashed(option)}${takes}`,
      `${about}${choices ? ` (${choices.join(', ')})` : ''}`,
    ] as const;
  });
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, about]) => `  ${name.padEnd(width)}  ${about}\n`).join('');
  return `usage: vfio-playground ${command.usage}\n\n${command.about}\n\n${lines}`;
}
