import type { Options } from '../../kernel/language/design';
import type { ParsedScenario } from '../../scenario/format/parseScenario';
import { portToDesign } from '../../scenario/format/portToDesign';
import type { InputError, Scenario } from '../../scenario/format/scenario';
import {
  builtInScenario,
  isVariantOf,
  scenarioVariant,
} from '../../scenario/library/builtInScenario';
import type { Setup } from '../trace/traceTree';

/** The library's variant of a built-in scenario for a design; undefined for other scenarios and for changed calls. */
export function variantFor(
  { libraryId, scenario }: Setup,
  design: string,
  options: Options,
): Scenario | undefined {
  const entry = libraryId === undefined ? undefined : builtInScenario(libraryId);
  const variant =
    entry && isVariantOf(entry, scenario) ? scenarioVariant(entry, design, options) : undefined;
  return variant?.ok ? variant.scenario : undefined;
}

/** The calls of `scenario` in another design: the library's variant if no call was added, else a port. A string says why there is none. */
export function scenarioInDesign(
  setup: Setup,
  design: string,
  scenario: Scenario,
): Scenario | string {
  const unchanged = scenario.calls.length === setup.scenario.calls.length;
  const variant = unchanged
    ? variantFor(setup, design, design === scenario.design ? scenario.options : {})
    : undefined;
  return variant ?? scenarioOrText(scenario, design, portToDesign(scenario, design, {}));
}

/** The calls of `scenario` with these options of its design: the library's variant if no call was added, else the calls alone. */
export function scenarioWithOptions(
  setup: Setup,
  scenario: Scenario,
  options: Options,
): Scenario | string {
  const unchanged = scenario.calls.length === setup.scenario.calls.length;
  return (
    (unchanged ? variantFor(setup, scenario.design, options) : undefined) ??
    scenarioOrText(
      scenario,
      scenario.design,
      portToDesign({ ...scenario, beats: [] }, scenario.design, options),
    )
  );
}

function scenarioOrText(from: Scenario, design: string, ported: ParsedScenario): Scenario | string {
  return ported.ok ? ported.scenario : misfitText(design, from, ported.errors);
}

/** Why the calls of a scenario cannot run in a design, in a sentence. Errors are mostly about faults: each names a step of one design. */
export function misfitText(
  design: string,
  { calls }: Pick<Scenario, 'calls'>,
  errors: readonly InputError[],
): string {
  const faulty = errors.flatMap(
    ({ path }) => calls[Number(/^calls\[(\d+)\]\.fault$/.exec(path)?.[1])] ?? [],
  );
  const faults = [...new Set(faulty.map(({ call }) => call))].map((name) => {
    const steps = new Set(faulty.flatMap(({ call, fault }) => (call === name ? fault : []) ?? []));
    return `${name} has no step ${[...steps].join(' or ')} that can fail`;
  });
  const others = errors
    .filter(({ path }) => !path.endsWith('.fault'))
    .map(({ path, message }) => `${path}: ${message}`);
  return `This scenario does not fit ${design}: ${[...faults, ...others].join('; ')}.`;
}
