import { makeCheck, type SearchProgress } from '../explore/check';
import { MAX_STATES } from '../explore/engines/stateStore';
import type { CheckResult } from '../explore/checkResult';
import { verifyCheck } from '../explore/verifyCheck';
import { checkText } from '../export/checkText';
import { groupThousands } from '../export/format';
import { counterexampleRun } from '../export/counterexampleRun';
import { EXPORTS } from '../export/exports';
import { compile } from '../kernel/compiler/compile';
import { makeMutation, MUTATION_KINDS } from '../kernel/language/mutation';
import { choiceOption, CliInputError, integerOption, optionValue } from './arguments';
import {
  EXIT_STATUS,
  exitStatusOf,
  STATES_PER_SLICE,
  yieldToEventLoop,
  type CliCommand,
  type Terminal,
  type CliArguments,
} from './command';
import {
  modifiedDesign,
  MUTATION_USAGE,
  mutationOptions,
  readScenario,
  propertyOptions,
  reportUnreachedFaults,
  requireDesign,
} from './input';
import { exportOptions, writeExport } from './export';
import { colouredText, jsonText } from './output';
import { spinCheck, type SpinOptions } from './spin';

export const CHECK_COMMAND: CliCommand = {
  id: 'check',
  usage: `check FILE [--json] [--verify] [--design ID] [--option k=v] [--max-states N] [--max-memory MB] [--max-seconds S] [--property ID ...] [--engine wasm|bytecode|spin] [--bitstate|--hash-compact|--swarm JOBS] [--cores N] [--memory MB] [--reduce[=symmetry|partial-order|both]] [--export FORMAT [-o OUT] [--full] [--base URL] [--theme light|dark|auto]] ${MUTATION_USAGE}`,
  about:
    'explores every interleaving of the calls of a scenario and ignores its schedule. --without, --swap, --plain and --split modify the design first. --export writes the counterexample instead of the report; with -o both',
  flags: ['json', 'reduce', 'verify', 'full', 'bitstate', 'hash-compact'],
  options: [
    'design',
    'option',
    'max-states',
    'max-memory',
    'max-seconds',
    'property',
    'engine',
    'swarm',
    'cores',
    'memory',
    'reduce',
    'export',
    'o',
    'base',
    'theme',
    ...MUTATION_KINDS,
  ],
  fileCount: [1, 1],
  run: check,
};

const ENGINES = [{ id: 'wasm' }, { id: 'bytecode' }, { id: 'spin' }] as const;
const REDUCTIONS = [{ id: 'symmetry' }, { id: 'partial-order' }, { id: 'both' }] as const;
const MAX_MEGABYTES = 4096;
const MAX_SECONDS = 1e6;

async function check(args: CliArguments, terminal: Terminal): Promise<number> {
  const scenario = readScenario(args, terminal, { ignoreSchedule: true });
  const verify = args.flags.has('verify');
  if (verify && !scenario.expect?.verdict && !scenario.expect?.reachable)
    throw new CliInputError(
      '--verify: expected "verdict" or "reachable" in "expect" of the scenario, got neither for this design and these options',
    );
  const properties = propertyOptions(args);
  const format = args.options.has('export') ? choiceOption(args, 'export', EXPORTS) : undefined;
  const toFile = (optionValue(args, 'o') ?? '-') !== '-';
  for (const option of ['o', 'base', 'theme'])
    if (!format && args.options.has(option))
      throw new CliInputError(
        `${option.length === 1 ? '-' : '--'}${option}: expected --export with it, got it alone`,
      );
  if (format && !toFile && args.flags.has('json'))
    throw new CliInputError(
      '--json: expected -o OUT for the export beside it, got standard output for both',
    );
  const forExport = exportOptions(args);
  const maxStates = integerOption(args, 'max-states', MAX_STATES);
  const megabytes = integerOption(args, 'max-memory', MAX_MEGABYTES);
  const maxSeconds = integerOption(args, 'max-seconds', MAX_SECONDS) ?? Infinity;
  const design = modifiedDesign(scenario, args) ?? requireDesign(scenario.design);
  const mutations = mutationOptions(args).map(makeMutation);
  const start = performance.now();
  const seconds = (): number => (performance.now() - start) / 1000;
  const program = compile(design, scenario.options, scenario.world, scenario.calls);
  const engine = args.options.has('engine') ? choiceOption(args, 'engine', ENGINES).id : undefined;
  const forSpin = spinOptions(args, terminal, engine);
  const bySpin =
    forSpin &&
    (await spinCheck(
      program,
      scenario.title,
      { ...forSpin, properties, seconds: maxSeconds },
      terminal,
    ));
  const result = bySpin?.result ?? (await ownCheck());
  async function ownCheck(): Promise<CheckResult> {
    const search = makeCheck(program, {
      ...(engine === undefined || engine === 'spin' ? {} : { engine }),
      ...(args.options.has('reduce') || args.flags.has('reduce')
        ? { reduce: choiceOption(args, 'reduce', REDUCTIONS, 'symmetry').id }
        : {}),
      ...(properties.length === 0 ? {} : { properties }),
      limits: {
        ...(maxStates === undefined ? {} : { maxStates }),
        ...(megabytes === undefined ? {} : { maxBytes: megabytes * 2 ** 20 }),
      },
    });
    const removeListener = terminal.onInterrupt?.(() => search.stop('cancel'));
    while (search.advance(STATES_PER_SLICE) === 'more') {
      if (seconds() > maxSeconds) search.stop('time');
      showProgress(search.progress(), seconds(), terminal);
      await yieldToEventLoop();
    }
    removeListener?.();
    terminal.progress?.('');
    return search.result(Math.round(seconds() * 1000) / 1000);
  }
  if (bySpin && bySpin.unchecked.length > 0)
    terminal.err(
      `not checked by SPIN: ${bySpin.unchecked.join(', ')}; --property leaves them out\n`,
    );
  if (result.unreachedFaults)
    reportUnreachedFaults(
      result.unreachedFaults,
      mutations.length === 0 ? undefined : design,
      terminal,
    );
  if (!format || toFile)
    terminal.out(
      args.flags.has('json')
        ? jsonText(mutations.length === 0 ? result : { ...result, mutations })
        : colouredText(checkText(result, [scenario.title, ...mutations].join(' ')), terminal),
    );
  const found = format && counterexampleRun(scenario, design, result);
  if (format && !found)
    terminal.err(
      `--export: no counterexample was found (${result.verdict}), so nothing was written\n`,
    );
  if (format && found) writeExport(format, found.trace, { ...forExport, ...found }, args, terminal);
  if (!verify || !scenario.expect) return exitStatusOf(result.verdict);
  const differences = verifyCheck(result, scenario.expect);
  for (const difference of differences) terminal.err(`${difference}\n`);
  if (differences.length === 0) return EXIT_STATUS.fine;
  return result.coverage === 'complete' ? EXIT_STATUS.violated : EXIT_STATUS.stopped;
}

const SPIN_ONLY = ['swarm', 'cores', 'memory', 'bitstate', 'hash-compact'] as const;
const DEFAULT_SPIN_MEGABYTES = 2048;

/** How SPIN shall search; undefined for another engine. */
function spinOptions(
  args: CliArguments,
  terminal: Terminal,
  engine: string | undefined,
): Omit<SpinOptions, 'properties' | 'seconds'> | undefined {
  const given = (name: string): boolean => args.options.has(name) || args.flags.has(name);
  if (engine !== 'spin') {
    const alone = SPIN_ONLY.find(given);
    if (alone !== undefined)
      throw new CliInputError(`--${alone}: expected --engine spin with it, got it alone`);
    return undefined;
  }
  const other = ['reduce', 'max-states', 'max-memory', 'verify'].find(given);
  if (other !== undefined)
    throw new CliInputError(
      `--${other}: expected --engine wasm or bytecode with it, got spin${other === 'max-memory' ? ', which takes --memory' : ''}`,
    );
  const modes = ['bitstate', 'hash-compact', 'swarm'].filter(given);
  if (modes.length > 1)
    throw new CliInputError(
      `--engine spin: expected one of --bitstate, --hash-compact and --swarm, got ${modes.join(' and ')}`,
    );
  const [mode = 'exhaustive'] = modes as SpinOptions['mode'][];
  const jobs = swarmJobs(optionValue(args, 'swarm') ?? '1');
  const cores =
    integerOption(args, 'cores', MAX_CORES) ??
    (mode === 'swarm' ? (terminal.tools?.cores ?? 1) : 1);
  return {
    mode,
    jobs,
    cores,
    megabytes: integerOption(args, 'memory', MAX_SPIN_MEGABYTES) ?? DEFAULT_SPIN_MEGABYTES,
  };
}

/** `32`, or `33-64` for the part of a swarm that one machine runs. */
function swarmJobs(text: string): readonly [number, number] {
  const [, first = '1', last = ''] = /^(?:(\d{1,6})-)?(\d{1,6})$/.exec(text) ?? [];
  if (last === '' || Number(first) < 1 || Number(last) < Number(first))
    throw new CliInputError(
      `--swarm: expected a number of searches, or a part of them as 33-64, got ${JSON.stringify(text)}`,
    );
  return [Number(first), Number(last)];
}

const MAX_CORES = 64;
const MAX_SPIN_MEGABYTES = 1_000_000;

/** Before this many seconds a check shows no progress. */
const QUIET_SECONDS = 0.5;

function showProgress(
  { phase, states, frontier, depth, violated }: SearchProgress,
  seconds: number,
  terminal: Terminal,
): void {
  if (seconds < QUIET_SECONDS) return;
  const found = violated.length === 0 ? '' : `; violated: ${violated.join(', ')}`;
  terminal.progress?.(
    phase === 'explore'
      ? `${groupThousands(states)} states, ${groupThousands(frontier)} to expand, depth ${depth}, ${Math.round(seconds)} s${found}`
      : `${groupThousands(states)} states; searching for the shortest counterexamples`,
  );
}
