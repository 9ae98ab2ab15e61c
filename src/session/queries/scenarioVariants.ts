import type { Options } from '../../kernel/language/design';
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
  const ported = portToDesign(scenario, design, {});
  return ported.ok
    ? ported.scenario
    : ported.errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
}
