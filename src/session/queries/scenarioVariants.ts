import type { Options } from '../../kernel/language/design';
import type { ParsedScenario } from '../../scenario/format/parseScenario';
import { portToDesign } from '../../scenario/format/portToDesign';
import type { Scenario } from '../../scenario/format/scenario';
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
  if (variant) return variant;
  return textOrScenario(portToDesign(scenario, design, {}));
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
    textOrScenario(portToDesign({ ...scenario, beats: [] }, scenario.design, options))
  );
}

function textOrScenario(ported: ParsedScenario): Scenario | string {
  return ported.ok
    ? ported.scenario
    : ported.errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
}
