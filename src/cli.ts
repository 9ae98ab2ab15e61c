import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { designById, DESIGNS } from './designs/designs';
import { makeCheck } from './explore/check';
import type { CheckResult } from './explore/checkResult';
import {
  allDesignConfigs,
  libraryCases,
  matrixJson,
  matrixVerdict,
  scenarioCases,
  startMatrix,
  designConfigOf,
} from './explore/matrix/matrix';
import { stepRemovals, startMutationReport } from './explore/matrix/mutationReport';
import { MAX_STATES } from './explore/engines/stateStore';
import { checkText } from './export/checkText';
import { EXPORTS } from './export/exports';
import { interleavingText } from './export/interleaving';
import { matrixText, mutationReportText } from './export/matrixText';
import { SNIPPETS } from './export/snippets';
import { compile } from './kernel/compiler/compile';
import type { Design, Options } from './kernel/language/design';
import { mutate } from './kernel/compiler/mutate';
import { makeMutation, MUTATION_KINDS, parseMutation } from './kernel/language/mutation';
import type { Mutation } from './kernel/language/mutation';
import { PROPERTIES } from './kernel/properties/properties';
import { scenarioVariant } from './scenario/library/builtInScenario';
import { LIBRARY, libraryEntry } from './scenario/library/library';
import { makeLink } from './scenario/link/link';
import { linkOfTrace } from './scenario/link/linkOfTrace';
import { optionsAsJson } from './scenario/format/makeScenario';
import { inputErrorText, parseScenario } from './scenario/format/parseScenario';
import { portToDesign } from './scenario/format/portToDesign';
import { makeRunResult } from './scenario/run/runResult';
import type { Scenario } from './scenario/format/scenario';
import { runScenario } from './scenario/run/runScenario';
import { parseScheduleText } from './scenario/format/scheduleText';
import type { Trace } from './scenario/run/trace';
import { verifyRun } from './scenario/run/verifyRun';

/** Exit statuses: fine; a property is violated or `--verify` differs; bad input or usage; stopped by a limit. */
const EXIT_STATUS = { fine: 0, violated: 1, badInput: 2, stopped: 3 } as const;

/** What a command reads and writes; a test brings its own. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** The text of a file, or of standard input for `-`; throws when it cannot be read. */
  readonly read: (file: string) => string;
  /** Writes a file; throws when it cannot. */
  readonly write: (file: string, text: string) => void;
  /** Calls back when the user wants a long command to end; returns how to stop listening. */
  readonly onInterrupt?: (stop: () => void) => () => void;
}

/** Arguments behind the command's name. A flag has no value; an option has one each time it is given. */
interface CliArguments {
  readonly files: readonly string[];
  readonly flags: ReadonlySet<string>;
  readonly options: ReadonlyMap<string, readonly string[]>;
}

/** One command; its flags and options are named without dashes. */
interface CliCommand {
  readonly id: string;
  readonly usage: string;
  readonly about: string;
  readonly flags: readonly string[];
  readonly options: readonly string[];
  /** Least and most FILE arguments. */
  readonly fileCount: readonly [number, number];
  readonly run: (args: CliArguments, terminal: Terminal) => number | Promise<number>;
}

/** Input or usage that cannot be worked with; its message goes to standard error. */
class CliInputError extends Error {}

const MUTATION_USAGE =
  '[--without STEP[#OPERATION]] [--swap STEP,STEP] [--plain STEP] [--split STEP]';

const CLI_COMMANDS: readonly CliCommand[] = [
  {
    id: 'run',
    usage: `run FILE [--json] [--full] [--design ID] [--option k=v] [--schedule sequential|random:SEED|qemu*3,dpdk] [--verify] ${MUTATION_USAGE}`,
    about: 'runs a scenario, prints the interleaving as text or a JSON result',
    flags: ['json', 'full', 'verify'],
    options: ['design', 'option', 'schedule', ...MUTATION_KINDS],
    fileCount: [1, 1],
    run: runRunCommand,
  },
  {
    id: 'check',
    usage: `check FILE [--json] [--design ID] [--option k=v] [--max-states N] [--max-memory MB] [--max-seconds S] [--property ID ...] [--engine wasm|bytecode] [--reduce[=symmetry|partial-order|both]] ${MUTATION_USAGE}`,
    about:
      'explores every interleaving of the calls of a scenario; its schedule is ignored. With steps switched off, swapped, made plain or split it checks that design',
    flags: ['json', 'reduce'],
    options: [
      'design',
      'option',
      'max-states',
      'max-memory',
      'max-seconds',
      'property',
      'engine',
      'reduce',
      ...MUTATION_KINDS,
    ],
    fileCount: [1, 1],
    run: runCheckCommand,
  },
  {
    id: 'matrix',
    usage:
      'matrix [FILE ...] [--json] [--design ID] [--option k=v] [--max-states N] | matrix --mutations DESIGN [FILE ...] [--json] [--option k=v] [--max-states N]',
    about:
      'verdicts of every design and option on scenarios (the built-in ones where none is named); with --mutations what every removal of one step breaks, and which nobody notices',
    flags: ['json'],
    options: ['design', 'option', 'max-states', 'mutations'],
    fileCount: [0, 64],
    run: runMatrixCommand,
  },
  {
    id: 'export',
    usage: `export FILE --to ${EXPORTS.map((e) => e.id).join('|')} [-o OUT] [--full] [--base URL] [--theme light|dark|auto] [--design ID] [--option k=v] [--schedule ...]`,
    about: 'writes the run of a scenario in another form',
    flags: ['full'],
    options: ['to', 'o', 'base', 'theme', 'design', 'option', 'schedule'],
    fileCount: [1, 1],
    run: runExportCommand,
  },
  {
    id: 'link',
    usage: `link FILE [--base URL] [--embed [--as ${SNIPPETS.map((s) => s.id).join('|')}]] [--design ID] [--option k=v] [--schedule ...]`,
    about: 'prints the permalink of a run, or a snippet that embeds it',
    flags: ['embed'],
    options: ['base', 'as', 'design', 'option', 'schedule'],
    fileCount: [1, 1],
    run: runLinkCommand,
  },
  listCommand(
    'designs',
    DESIGNS.map(({ id, title, about, options }) => ({ id, title, about, options })),
    (d) => [d.id, d.title, d.options.map((o) => `${o.id}=${o.values.join('|')}`).join(' ')],
  ),
  listCommand(
    'scenarios',
    LIBRARY.map(({ id, title, group, designs }) => ({ id, title, group, designs })),
    (e) => [e.id, e.title, e.designs.join(' ')],
  ),
  listCommand(
    'properties',
    PROPERTIES.map(({ id, title, statement, cite: source }) => ({ id, title, statement, source })),
    (p) => [p.id, p.statement],
  ),
];

function listCommand<T>(
  id: string,
  items: readonly T[],
  row: (item: T) => readonly string[],
): CliCommand {
  return {
    id,
    usage: `${id} [--json]`,
    about: `lists the ${id}`,
    flags: ['json'],
    options: [],
    fileCount: [0, 0],
    run: (args, terminal) => {
      terminal.out(args.flags.has('json') ? jsonText(items) : formatColumns(items.map(row)));
      return EXIT_STATUS.fine;
    },
  };
}

/** Options that make another scenario out of the one that FILE names. */
const DESIGN_CHANGING_OPTIONS: readonly string[] = ['design', 'option', ...MUTATION_KINDS];

/** The run that the arguments ask for. */
function runToTrace(scenario: Scenario, args: CliArguments, terminal: Terminal): Trace {
  const given = args.options.get('schedule')?.at(-1);
  const schedule = given === undefined ? undefined : parseScheduleText(given);
  if (schedule && !schedule.ok) throw new CliInputError(`--schedule: ${schedule.error.message}`);
  const design = modifiedDesign(scenario, args);
  let outcome = runScenario(scenario, { schedule: schedule?.schedule, design });
  if (!outcome.ok && !schedule && DESIGN_CHANGING_OPTIONS.some((each) => args.options.has(each))) {
    // The file's schedule is for the file's options and rows.
    terminal.err(
      `the file's schedule does not fit what was changed (${inputErrorText(outcome.errors)}); running sequentially\n`,
    );
    outcome = runScenario(scenario, { schedule: 'sequential', design });
  }
  if (!outcome.ok) throw new CliInputError(inputErrorText(outcome.errors));
  return outcome.trace;
}

/** The value of an option that takes one of some words. */
function choiceOption<T extends { readonly id: string }>(
  args: CliArguments,
  option: string,
  items: readonly T[],
  otherwise?: string,
): T {
  const given = args.options.get(option)?.at(-1) ?? otherwise;
  const item = items.find((each) => each.id === given);
  if (!item)
    throw new CliInputError(
      `--${option}: ${given === undefined ? 'nothing' : JSON.stringify(given)} stood here; accepted: ${items.map((each) => each.id).join(', ')}`,
    );
  return item;
}

const THEMES = [{ id: 'light' }, { id: 'dark' }, { id: 'auto' }] as const;

function runExportCommand(args: CliArguments, terminal: Terminal): number {
  const form = choiceOption(args, 'to', EXPORTS);
  const theme = choiceOption(args, 'theme', THEMES, 'auto').id;
  const text = form.make(runToTrace(readScenario(args, terminal), args, terminal), {
    full: args.flags.has('full'),
    base: args.options.get('base')?.at(-1),
    theme,
  });
  const file = args.options.get('o')?.at(-1);
  if (file === undefined || file === '-') terminal.out(text);
  else {
    try {
      terminal.write(file, text);
    } catch (error) {
      throw new CliInputError(
        `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
  }
  return EXIT_STATUS.fine;
}

function runLinkCommand(args: CliArguments, terminal: Terminal): number {
  if (args.options.has('as') && !args.flags.has('embed'))
    throw new CliInputError('--as is for --embed');
  const snippet = choiceOption(args, 'as', SNIPPETS, 'html');
  const base = args.options.get('base')?.at(-1);
  const trace = runToTrace(readScenario(args, terminal), args, terminal);
  terminal.out(
    args.flags.has('embed')
      ? snippet.make(trace, { base })
      : `${base ?? ''}${makeLink(linkOfTrace(trace))}\n`,
  );
  return EXIT_STATUS.fine;
}

function runRunCommand(args: CliArguments, terminal: Terminal): number {
  const scenario = readScenario(args, terminal);
  if (args.flags.has('verify') && !scenario.expect)
    throw new CliInputError(
      '--verify: there is no "expect" for this scenario in this design and with these options',
    );
  const trace = runToTrace(scenario, args, terminal);
  const result = makeRunResult(trace);
  terminal.out(
    args.flags.has('json')
      ? jsonText(result)
      : endWithNewline(interleavingText(trace, { full: args.flags.has('full') })),
  );
  if (!scenario.expect || !args.flags.has('verify'))
    return result.violations.length === 0 ? EXIT_STATUS.fine : EXIT_STATUS.violated;
  const differences = verifyRun(result, scenario.expect);
  for (const d of differences) terminal.err(`${d}\n`);
  return differences.length === 0 ? EXIT_STATUS.fine : EXIT_STATUS.violated;
}

const ENGINES = [{ id: 'wasm' }, { id: 'bytecode' }] as const;
const REDUCTIONS = [{ id: 'symmetry' }, { id: 'partial-order' }, { id: 'both' }] as const;
/** States between two looks at the clock. */
const STATES_PER_SLICE = 50_000;

async function runCheckCommand(args: CliArguments, terminal: Terminal): Promise<number> {
  const scenario = readScenario(args, terminal, true);
  const properties = (args.options.get('property') ?? [])
    .flatMap((given) => given.split(','))
    .map((given) => PROPERTIES.find((p) => p.id === given)?.id ?? rejectUnknownProperty(given));
  const maxStates = integerOption(args, 'max-states', MAX_STATES);
  const megabytes = integerOption(args, 'max-memory', 4096);
  const maxSeconds = integerOption(args, 'max-seconds', 1e6) ?? Infinity;
  const design = modifiedDesign(scenario, args) ?? requireDesign(scenario.design);
  const mutations = mutationOptions(args).map(makeMutation);
  const begin = performance.now();
  const seconds = (): number => (performance.now() - begin) / 1000;
  const check = makeCheck(compile(design, scenario.options, scenario.world, scenario.calls), {
    ...(args.options.has('engine') ? { engine: choiceOption(args, 'engine', ENGINES).id } : {}),
    ...(args.options.has('reduce') || args.flags.has('reduce')
      ? { reduce: choiceOption(args, 'reduce', REDUCTIONS, 'symmetry').id }
      : {}),
    ...(properties.length === 0 ? {} : { properties }),
    limits: {
      ...(maxStates === undefined ? {} : { maxStates }),
      ...(megabytes === undefined ? {} : { maxBytes: megabytes * 2 ** 20 }),
    },
  });
  const ignore = terminal.onInterrupt?.(() => check.stop('cancel'));
  while (check.advance(STATES_PER_SLICE) === 'more') {
    if (seconds() > maxSeconds) check.stop('time');
    await yieldToEventLoop();
  }
  ignore?.();
  const result = check.result(Math.round(seconds() * 1000) / 1000);
  terminal.out(
    args.flags.has('json')
      ? jsonText(mutations.length === 0 ? result : { ...result, mutations })
      : checkText(result, [scenario.title, ...mutations].join(' ')),
  );
  return exitStatusOf(result.verdict);
}

function exitStatusOf(verdict: CheckResult['verdict']): number {
  return verdict === 'violated'
    ? EXIT_STATUS.violated
    : verdict === 'holds'
      ? EXIT_STATUS.fine
      : EXIT_STATUS.stopped;
}

function requireDesign(id: string): Design {
  const design = designById(id);
  if (!design)
    throw new CliInputError(
      `no design ${JSON.stringify(id)}; there are ${DESIGNS.map((d) => d.id).join(', ')}`,
    );
  return design;
}

/** The changes to a design's rows that the arguments ask for. */
function mutationOptions(args: CliArguments): readonly Mutation[] {
  return MUTATION_KINDS.flatMap((flag) =>
    (args.options.get(flag) ?? []).map((value) => {
      const mutation = parseMutation(flag, value);
      if (!mutation)
        throw new CliInputError(
          `--${flag}: ${JSON.stringify(value)} stood here; accepted: ${flag === 'swap' ? 'STEP,STEP' : flag === 'without' ? 'STEP or STEP#OPERATION' : 'STEP'}, where STEP is like upstream/bind_iommufd/BIND.9`,
        );
      return mutation;
    }),
  );
}

/** The scenario's design with those changes; undefined where there are none. */
function modifiedDesign(scenario: Scenario, args: CliArguments): Design | undefined {
  const mutations = mutationOptions(args);
  if (mutations.length === 0) return undefined;
  const changed = mutate(requireDesign(scenario.design), scenario.options, mutations);
  if (!changed.ok) throw new CliInputError(changed.message);
  return changed.design;
}

async function runMatrixCommand(args: CliArguments, terminal: Terminal): Promise<number> {
  const mutated = args.options.get('mutations')?.at(-1);
  const options = designOptions(args);
  const designs =
    mutated === undefined
      ? (args.options.get('design') ?? []).map(requireDesign)
      : [requireDesign(mutated)];
  const chosen = designs.length === 0 ? DESIGNS : designs;
  const accepted = chosen.filter((d) =>
    Object.entries(options).every(([k, value]) =>
      d.options.some((o) => o.id === k && o.values.includes(value)),
    ),
  );
  if (accepted.length === 0)
    throw new CliInputError(
      `--option: ${chosen.length === 1 ? chosen[0]?.id : 'no design'} has ${Object.entries(options)
        .map(([k, value]) => `${k}=${value}`)
        .join(' ')}; see: vfio-playground designs`,
    );
  const variants =
    mutated === undefined && Object.keys(options).length === 0
      ? allDesignConfigs(accepted)
      : accepted.map((d) => designConfigOf(d, options));
  const entries = args.files.map((file) => libraryEntry(file));
  const parts =
    args.files.length === 0
      ? [libraryCases(variants)]
      : args.files.map((file, i) =>
          entries[i]
            ? libraryCases(variants, [entries[i]])
            : scenarioCases(file, readScenarioFile(file, terminal), variants),
        );
  const cases = parts.flatMap((p) => p.cases);
  const leftOut = parts.flatMap((p) => p.leftOut);
  if (cases.length === 0)
    throw new CliInputError(
      ['nothing to check', ...leftOut.map((l) => `${l.id} in ${l.variant}: ${l.why}`)].join('\n'),
    );
  const maxStates = integerOption(args, 'max-states', MAX_STATES);
  const limits = { limits: maxStates === undefined ? {} : { maxStates } };
  const [first] = variants;
  if (mutated !== undefined && first) {
    const report = startMutationReport(cases, stepRemovals(first), limits);
    while (report.advance(STATES_PER_SLICE) === 'more') await yieldToEventLoop();
    const outcomes = report.outcomes();
    terminal.out(
      args.flags.has('json')
        ? jsonText({
            format: 'vfio-playground/mutations@1',
            design: first.design.id,
            options: optionsAsJson(first.options),
            outcomes,
            leftOut,
          })
        : mutationReportText(first.title, outcomes),
    );
    return outcomes.some((o) => o.incomplete.length > 0) ? EXIT_STATUS.stopped : EXIT_STATUS.fine;
  }
  const matrix = startMatrix(cases, limits);
  while (matrix.advance(STATES_PER_SLICE) === 'more') await yieldToEventLoop();
  terminal.out(
    args.flags.has('json')
      ? jsonText(matrixJson(matrix.cells(), leftOut))
      : matrixText(matrix.cells(), leftOut),
  );
  return exitStatusOf(matrixVerdict(matrix.cells()));
}

/** Lets an interrupt through. */
function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function rejectUnknownProperty(given: string): never {
  throw new CliInputError(
    `--property: ${JSON.stringify(given)} stood here; accepted: ${PROPERTIES.map((p) => p.id).join(', ')}`,
  );
}

/** A whole number of at least 1, undefined where the option is not given. */
function integerOption(args: CliArguments, option: string, most: number): number | undefined {
  const given = args.options.get(option)?.at(-1);
  if (given === undefined) return undefined;
  const value = Number(given);
  if (!/^\d{1,9}$/.test(given) || value < 1 || value > most)
    throw new CliInputError(
      `--${option}: ${JSON.stringify(given)} stood here; accepted: a whole number from 1 to ${most}`,
    );
  return value;
}

/** The scenario that the first FILE argument means, with `--design` and `--option` applied. `anySchedule`: its schedule does not matter. */
function readScenario(args: CliArguments, terminal: Terminal, anySchedule = false): Scenario {
  const file = args.files[0] ?? '-';
  const options = designOptions(args);
  const builtIn = libraryEntry(file);
  const scenario = builtIn?.scenario ?? readScenarioFile(file, terminal);
  const design = args.options.get('design')?.at(-1) ?? scenario.design;
  const changed = builtIn
    ? scenarioVariant(builtIn, design, options)
    : portToDesign(scenario, design, options);
  if (!changed.ok) throw new CliInputError(inputErrorText(changed.errors));
  if (
    !builtIn &&
    !anySchedule &&
    changed.scenario.schedule === 'sequential' &&
    scenario.schedule !== 'sequential' &&
    !args.options.has('schedule')
  )
    terminal.err(`the file's schedule is for ${scenario.design}; running sequentially\n`);
  return changed.scenario;
}

function designOptions(args: CliArguments): Options {
  return Object.fromEntries(
    (args.options.get('option') ?? []).map((o) => {
      const at = o.indexOf('=');
      if (at <= 0)
        throw new CliInputError(`--option: ${JSON.stringify(o)} stood here; accepted: k=v`);
      return [o.slice(0, at), o.slice(at + 1)];
    }),
  );
}

function readScenarioFile(file: string, terminal: Terminal): Scenario {
  const parsed = parseScenario(readInputText(file, terminal));
  if (!parsed.ok)
    throw new CliInputError(
      parsed.errors
        .map((e) => `${file === '-' ? 'standard input' : file}: ${inputErrorText([e])}`)
        .join('\n'),
    );
  return parsed.scenario;
}

function readInputText(file: string, terminal: Terminal): string {
  try {
    return terminal.read(file);
  } catch (error) {
    const hint =
      /[./]/.test(file) || file === '-'
        ? ''
        : `; it is no built-in scenario either (there are ${LIBRARY.map((e) => e.id).join(', ')})`;
    throw new CliInputError(
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}${hint}`,
      { cause: error },
    );
  }
}

/** Runs the command line and yields its exit status. Never throws on bad input. */
export async function runCli(words: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    (name === undefined ? terminal.err : terminal.out)(usageText());
    return name === undefined ? EXIT_STATUS.badInput : EXIT_STATUS.fine;
  }
  const command = CLI_COMMANDS.find((c) => c.id === name);
  try {
    if (!command)
      throw new CliInputError(
        `no command ${JSON.stringify(name)}; there are ${CLI_COMMANDS.map((c) => c.id).join(', ')}`,
      );
    if (rest.includes('--help')) {
      terminal.out(`vfio-playground ${command.usage}\n`);
      return EXIT_STATUS.fine;
    }
    return await command.run(parseArguments(command, rest), terminal);
  } catch (error) {
    if (!(error instanceof CliInputError)) throw error;
    terminal.err(endWithNewline(error.message));
    return EXIT_STATUS.badInput;
  }
}

function parseArguments(command: CliCommand, words: readonly string[]): CliArguments {
  const files: string[] = [];
  const flags = new Set<string>();
  const options = new Map<string, string[]>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const [, name = '', inline] = /^(?:--|-(?=o$))([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (command.flags.includes(name) && inline === undefined) flags.add(name);
    else if (command.options.includes(name)) {
      const value = inline ?? words[++i];
      if (value === undefined)
        throw new CliInputError(`--${name} needs a value; usage: vfio-playground ${command.usage}`);
      options.set(name, [...(options.get(name) ?? []), value]);
    } else if (word.startsWith('-') && word !== '-')
      throw new CliInputError(
        `${command.id} has no option ${word}; usage: vfio-playground ${command.usage}`,
      );
    else files.push(word);
  }
  const [least, most] = command.fileCount;
  if (files.length < least || files.length > most)
    throw new CliInputError(`usage: vfio-playground ${command.usage}`);
  return { files, flags, options };
}

function usageText(): string {
  const commands = CLI_COMMANDS.map((c) => `  ${c.usage}\n      ${c.about}\n`).join('');
  return (
    `usage: vfio-playground COMMAND\n\n${commands}\nFILE is a path, - for standard input, or the id of a built-in scenario.\n` +
    'Exit status: 0 fine; 1 a property is violated, or with --verify the run is not as expected; 2 bad input or usage; 3 stopped by a limit.\n'
  );
}

function formatColumns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((r) => r[i]?.length ?? 0)));
  return rows
    .map(
      (r) =>
        `${r
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function endWithNewline(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}

if (
  process.argv[1] !== undefined &&
  realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)
) {
  // A reader that has seen enough (`| head`) closes the pipe: that is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  process.exitCode = await runCli(process.argv.slice(2), {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    read: (file) => readFileSync(file === '-' ? 0 : file, 'utf8'),
    onInterrupt: (stop) => {
      process.once('SIGINT', stop);
      return () => process.off('SIGINT', stop);
    },
    write: (file, text) => writeFileSync(file, text),
  });
}
