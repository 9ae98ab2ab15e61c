import { makeCheck } from '../explore/check';
import { MAX_STATES } from '../explore/engines/stateStore';
import { verifyCheck } from '../explore/verifyCheck';
import { checkText } from '../export/checkText';
import { compile } from '../kernel/compiler/compile';
import { makeMutation, MUTATION_KINDS } from '../kernel/language/mutation';
import type { PropertyId } from '../kernel/language/propertyId';
import { PROPERTIES } from '../kernel/properties/properties';
import { choiceOption, CliInputError, integerOption, suggestion } from './arguments';
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
  requireDesign,
} from './input';
import { jsonText } from './output';

export const CHECK_COMMAND: CliCommand = {
  id: 'check',
  usage: `check FILE [--json] [--verify] [--design ID] [--option k=v] [--max-states N] [--max-memory MB] [--max-seconds S] [--property ID ...] [--engine wasm|bytecode] [--reduce[=symmetry|partial-order|both]] ${MUTATION_USAGE}`,
  about:
    'explores every interleaving of the calls of a scenario and ignores its schedule. --without, --swap, --plain and --split modify the design first',
  flags: ['json', 'reduce', 'verify'],
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
  run: check,
};

const ENGINES = [{ id: 'wasm' }, { id: 'bytecode' }] as const;
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
  const maxStates = integerOption(args, 'max-states', MAX_STATES);
  const megabytes = integerOption(args, 'max-memory', MAX_MEGABYTES);
  const maxSeconds = integerOption(args, 'max-seconds', MAX_SECONDS) ?? Infinity;
  const design = modifiedDesign(scenario, args) ?? requireDesign(scenario.design);
  const mutations = mutationOptions(args).map(makeMutation);
  const start = performance.now();
  const seconds = (): number => (performance.now() - start) / 1000;
  const search = makeCheck(compile(design, scenario.options, scenario.world, scenario.calls), {
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
  const removeListener = terminal.onInterrupt?.(() => search.stop('cancel'));
  while (search.advance(STATES_PER_SLICE) === 'more') {
    if (seconds() > maxSeconds) search.stop('time');
    await yieldToEventLoop();
  }
  removeListener?.();
  const result = search.result(Math.round(seconds() * 1000) / 1000);
  terminal.out(
    args.flags.has('json')
      ? jsonText(mutations.length === 0 ? result : { ...result, mutations })
      : checkText(result, [scenario.title, ...mutations].join(' ')),
  );
  if (!verify || !scenario.expect) return exitStatusOf(result.verdict);
  const differences = verifyCheck(result, scenario.expect);
  for (const difference of differences) terminal.err(`${difference}\n`);
  if (differences.length === 0) return EXIT_STATUS.fine;
  return result.coverage === 'complete' ? EXIT_STATUS.violated : EXIT_STATUS.stopped;
}

/** The ids of every `--property`, each a list with commas. */
function propertyOptions(args: CliArguments): readonly PropertyId[] {
  const ids = PROPERTIES.map(({ id }) => id);
  return (args.options.get('property') ?? [])
    .flatMap((given) => given.split(','))
    .map((given) => {
      const id = ids.find((known) => known === given);
      if (id === undefined)
        throw new CliInputError(
          `--property: expected the id of a property, got ${JSON.stringify(given)}${suggestion(given, ids)}; see: vfio-playground properties`,
        );
      return id;
    });
}
