import type { Options } from '../../kernel/language/design';
import { makeScenario } from './makeScenario';
import { parseScenario } from './parseScenario';
import type { ParsedScenario } from './parseScenario';
import type { Scenario } from './scenario';

/**
 * The scenario in another design or with other options, validated again. A change of design drops options, captions and an
 * explicit schedule, because they name what only the old design has. A change of an option drops only the expectation.
 */
export function portToDesign(scenario: Scenario, design: string, options: Options): ParsedScenario {
  const designChanges = design !== scenario.design;
  const changed =
    designChanges || Object.entries(options).some(([k, value]) => scenario.options[k] !== value);
  if (!changed) return { ok: true, scenario };
  return parseScenario(
    makeScenario({
      ...scenario,
      design,
      options: designChanges ? options : { ...scenario.options, ...options },
      schedule:
        designChanges && Array.isArray(scenario.schedule) ? 'sequential' : scenario.schedule,
      beats: designChanges ? [] : scenario.beats,
      expect: undefined,
    }),
  );
}
