import { designById, DESIGNS } from '../designs/designs';
import { mutate } from '../kernel/compiler/mutate';
import type { Design, Options } from '../kernel/language/design';
import { MUTATION_KINDS, parseMutation, type Mutation } from '../kernel/language/mutation';
import type { PropertyId } from '../kernel/language/propertyId';
import { PROPERTIES } from '../kernel/properties/properties';
import { parsePlaygroundBase } from '../host/playgroundBase';
import { inputErrorText, parseScenario } from '../scenario/format/parseScenario';
import { portToDesign } from '../scenario/format/portToDesign';
import type { InputError, Scenario } from '../scenario/format/scenario';
import { parseScheduleText } from '../scenario/format/scheduleText';
import { scenarioInSvg } from '../scenario/format/svgScenario';
import { scenarioVariant } from '../scenario/library/builtInScenario';
import { LIBRARY, libraryEntry } from '../scenario/library/library';
import { runScenario } from '../scenario/run/runScenario';
import type { Trace } from '../scenario/run/trace';
import { CliInputError, optionValue, suggestion } from './arguments';
import type { Terminal, CliArguments } from './command';
import { fixedOptions } from './designFile';

/** The usage of the options that modify a design (`mutationOptions`). */
export const MUTATION_USAGE =
  '[--without STEP[#OPERATION]] [--swap STEP,STEP] [--plain STEP] [--split STEP]';

/** Options after which the schedule of a file may no longer fit. */
const DESIGN_CHANGING_OPTIONS: readonly string[] = ['design', 'option', ...MUTATION_KINDS];

/** The scenario of the first FILE argument, with `--design` and `--option` applied. `ignoreSchedule`: no warning if its schedule is dropped. */
export function readScenario(
  args: CliArguments,
  terminal: Terminal,
  { ignoreSchedule = false } = {},
): Scenario {
  const file = args.files[0] ?? '-';
  const options = designOptions(args);
  const builtIn = libraryEntry(file);
  const fixed = fixedOptions(args);
  const given = optionValue(args, 'design');
  const scenario = builtIn?.scenario ?? readScenarioFile(file, terminal, given);
  const design = given ?? scenario.design;
  const ported = builtIn
    ? scenarioVariant(builtIn, design, { ...fixed, ...options })
    : portToDesign(scenario, design, options);
  if (!ported.ok) throw new CliInputError(inputErrorText(ported.errors));
  if (
    !builtIn &&
    !ignoreSchedule &&
    ported.scenario.schedule === 'sequential' &&
    scenario.schedule !== 'sequential' &&
    !args.options.has('schedule')
  )
    terminal.err(`the file's schedule is for ${scenario.design}; running sequentially\n`);
  return ported.scenario;
}

/**
 * The scenario of a file, of an SVG that `export` wrote, or of standard input (`-`). `design` stands in for the design of the
 * file if only another text has that one. Each error starts with the name of the file.
 */
export function readScenarioFile(file: string, terminal: Terminal, design?: string): Scenario {
  const text = readInputText(file, terminal);
  const source = scenarioInSvg(text) ?? text;
  let parsed = parseScenario(source);
  if (!parsed.ok && design !== undefined && parsed.errors.every(({ path }) => path === 'design'))
    parsed = parseScenario({ ...(JSON.parse(source) as object), design });
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
    const ids = LIBRARY.map(({ id }) => id);
    const hint = /[./]/.test(file) || file === '-' ? '' : suggestion(file, ids);
    throw new CliInputError(
      `${file}: expected a readable file or the id of a built-in scenario, got ${errorMessage(error)}${hint}; see: vfio-playground scenarios`,
      { cause: error },
    );
  }
}

export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The address of the playground in `--base`, with the slash of a folder; undefined if it is not given. */
export function baseOption(args: CliArguments): string | undefined {
  const given = optionValue(args, 'base');
  if (given === undefined) return undefined;
  const parsed = parsePlaygroundBase(given);
  if (!parsed.ok) throw new CliInputError(`--base: ${parsed.message}`);
  return parsed.base;
}

/** The design options of `--option k=v`, by name. */
export function designOptions(args: CliArguments): Options {
  return Object.fromEntries(
    (args.options.get('option') ?? []).map((given) => {
      const equals = given.indexOf('=');
      if (equals <= 0)
        throw new CliInputError(`--option: expected k=v, got ${JSON.stringify(given)}`);
      return [given.slice(0, equals), given.slice(equals + 1)];
    }),
  );
}

/** `place` starts the error message. */
export function requireDesign(id: string, place = '--design'): Design {
  const design = designById(id);
  if (!design)
    throw new CliInputError(
      `${place}: expected ${DESIGNS.map((d) => d.id).join(', ')}, got ${JSON.stringify(id)}`,
    );
  return design;
}

/** The changes to the steps of a design that the arguments ask for. */
export function mutationOptions(args: CliArguments): readonly Mutation[] {
  return MUTATION_KINDS.flatMap((kind) =>
    (args.options.get(kind) ?? []).map((given) => {
      const mutation = parseMutation(kind, given);
      if (!mutation) {
        const form =
          kind === 'swap' ? 'STEP,STEP' : kind === 'without' ? 'STEP or STEP#OPERATION' : 'STEP';
        throw new CliInputError(
          `--${kind}: expected ${form} (a step is named like upstream/bind_iommufd/BIND.9), got ${JSON.stringify(given)}`,
        );
      }
      return mutation;
    }),
  );
}

/** The design of the scenario with those changes; undefined if there are none. */
export function modifiedDesign(scenario: Scenario, args: CliArguments): Design | undefined {
  const mutations = mutationOptions(args);
  if (mutations.length === 0) return undefined;
  const modified = mutate(requireDesign(scenario.design), scenario.options, mutations);
  if (!modified.ok) throw new CliInputError(modified.message);
  return modified.design;
}

/** Throws for faults that no step reached. In a modified design they may follow from the changed steps: then it prints them only. */
export function reportUnreachedFaults(
  faults: readonly InputError[],
  modified: Design | undefined,
  terminal: Terminal,
): void {
  const text = inputErrorText(faults);
  if (!modified) throw new CliInputError(text);
  terminal.err(`${text}\n`);
}

/** Runs the scenario with the schedule and the modified design of the arguments. */
export function runToTrace(scenario: Scenario, args: CliArguments, terminal: Terminal): Trace {
  const given = optionValue(args, 'schedule');
  const schedule = given === undefined ? undefined : parseScheduleText(given);
  if (schedule && !schedule.ok) throw new CliInputError(`--schedule: ${schedule.error.message}`);
  const design = modifiedDesign(scenario, args);
  let outcome = runScenario(scenario, { schedule: schedule?.schedule, design });
  if (!outcome.ok && !schedule && DESIGN_CHANGING_OPTIONS.some((name) => args.options.has(name))) {
    terminal.err(
      `the file's schedule does not fit the changed design (${inputErrorText(outcome.errors)}); running sequentially\n`,
    );
    outcome = runScenario(scenario, { schedule: 'sequential', design });
  }
  if (!outcome.ok) throw new CliInputError(inputErrorText(outcome.errors));
  if (outcome.unreachedFaults.length > 0)
    reportUnreachedFaults(outcome.unreachedFaults, design, terminal);
  return outcome.trace;
}

/** The ids of every `--property`, each a list with commas. */
export function propertyOptions(args: CliArguments): readonly PropertyId[] {
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
