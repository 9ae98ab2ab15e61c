import { DESIGNS } from '../designs/designs';
import { MAX_STATES } from '../explore/engines/stateStore';
import {
  allDesignConfigs,
  designConfigOf,
  libraryCases,
  matrixJson,
  matrixVerdict,
  scenarioCases,
  startMatrix,
  type DesignConfig,
  type MatrixCase,
  type SkippedCase,
} from '../explore/matrix/matrix';
import { startMutationReport, stepRemovals } from '../explore/matrix/mutationReport';
import { matrixText } from '../export/matrixText';
import { mutationReportText } from '../export/mutationReportText';
import { optionsAsJson } from '../scenario/format/makeScenario';
import { libraryEntry } from '../scenario/library/library';
import { CliInputError, integerOption, optionValue } from './arguments';
import {
  EXIT_STATUS,
  exitStatusOf,
  STATES_PER_SLICE,
  yieldToEventLoop,
  type CliCommand,
  type Terminal,
  type CliArguments,
} from './command';
import { designOptions, readScenarioFile, requireDesign } from './input';
import { jsonText } from './output';

export const MATRIX_COMMAND: CliCommand = {
  id: 'matrix',
  usage:
    'matrix [FILE ...] [--json] [--design ID] [--option k=v] [--max-states N] | matrix --mutations DESIGN [FILE ...] [--json] [--option k=v] [--max-states N]',
  about:
    'prints the verdict of every design and option on scenarios (default: all built-in ones). --mutations removes one step at a time and prints which properties notice',
  flags: ['json'],
  options: ['design', 'option', 'max-states', 'mutations'],
  fileCount: [0, 64],
  run: matrix,
};

interface CaseList {
  readonly cases: readonly MatrixCase[];
  readonly leftOut: readonly SkippedCase[];
}

async function matrix(args: CliArguments, terminal: Terminal): Promise<number> {
  const mutated = optionValue(args, 'mutations');
  const configs = designConfigs(args, mutated);
  const { cases, leftOut } = readCases(args, configs, terminal);
  if (cases.length === 0) throw noCases(leftOut);
  const maxStates = integerOption(args, 'max-states', MAX_STATES);
  const limits = { limits: maxStates === undefined ? {} : { maxStates } };
  const [config] = configs;
  if (mutated !== undefined && config)
    return reportMutations(config, { cases, leftOut }, limits, args, terminal);
  const running = startMatrix(cases, limits);
  while (running.advance(STATES_PER_SLICE) === 'more') await yieldToEventLoop();
  const cells = running.cells();
  const skipped = [...leftOut, ...running.leftOut()];
  if (cells.length === 0) throw noCases(skipped);
  terminal.out(
    args.flags.has('json') ? jsonText(matrixJson(cells, skipped)) : matrixText(cells, skipped),
  );
  return exitStatusOf(matrixVerdict(cells));
}

function noCases(leftOut: readonly SkippedCase[]): CliInputError {
  return new CliInputError(
    [
      'matrix: expected a scenario that runs in one of the designs, got none',
      ...leftOut.map(({ id, variant, why }) => `${id} in ${variant}: ${why}`),
    ].join('\n'),
  );
}

async function reportMutations(
  config: DesignConfig,
  { cases, leftOut }: CaseList,
  limits: NonNullable<Parameters<typeof startMutationReport>[2]>,
  args: CliArguments,
  terminal: Terminal,
): Promise<number> {
  const report = startMutationReport(cases, stepRemovals(config), limits);
  while (report.advance(STATES_PER_SLICE) === 'more') {
    terminal.progress?.(`${report.outcomes().length} of ${report.total} steps`);
    await yieldToEventLoop();
  }
  terminal.progress?.('');
  const outcomes = report.outcomes();
  terminal.out(
    args.flags.has('json')
      ? jsonText({
          format: 'vfio-playground/mutations@1',
          design: config.design.id,
          options: optionsAsJson(config.options),
          outcomes,
          leftOut,
        })
      : mutationReportText(config.title, outcomes),
  );
  return outcomes.some(({ incomplete }) => incomplete.length > 0)
    ? EXIT_STATUS.stopped
    : EXIT_STATUS.fine;
}

/** The designs of the arguments, each with the given options or else with every set of options. */
function designConfigs(args: CliArguments, mutated: string | undefined): readonly DesignConfig[] {
  const options = designOptions(args);
  const given =
    mutated === undefined
      ? (args.options.get('design') ?? []).map((id) => requireDesign(id))
      : [requireDesign(mutated, '--mutations')];
  const designs = given.length === 0 ? DESIGNS : given;
  const matching = designs.filter((design) =>
    Object.entries(options).every(([id, value]) =>
      design.options.some((option) => option.id === id && option.values.includes(value)),
    ),
  );
  if (matching.length === 0) {
    const pairs = Object.entries(options).map(([id, value]) => `${id}=${value}`);
    const owner = designs.length === 1 ? (designs[0]?.id ?? '') : 'a design';
    throw new CliInputError(
      `--option: expected options of ${owner}, got ${pairs.join(' ')}; see: vfio-playground designs`,
    );
  }
  return mutated === undefined && Object.keys(options).length === 0
    ? allDesignConfigs(matching)
    : matching.map((design) => designConfigOf(design, options));
}

function readCases(
  args: CliArguments,
  configs: readonly DesignConfig[],
  terminal: Terminal,
): CaseList {
  const parts =
    args.files.length === 0
      ? [libraryCases(configs)]
      : args.files.map((file) => {
          const entry = libraryEntry(file);
          return entry
            ? libraryCases(configs, [entry])
            : scenarioCases(file, readScenarioFile(file, terminal), configs);
        });
  return {
    cases: parts.flatMap(({ cases }) => cases),
    leftOut: parts.flatMap(({ leftOut }) => leftOut),
  };
}
