import type { Options } from '../../kernel/language/design';
import { makeScenario } from './makeScenario';
import { parseScenario } from './parseScenario';
import type { ParsedScenario } from './parseScenario';
import type { Scenario } from './scenario';

/**
 * The scenario for another design or other options, checked again. Options, beats, expectation and an explicit schedule belong
 * to the design that they were written for: they stay behind when the design changes, an expectation also when an option does.
 */
export function portToDesign(scenario: Scenario, design: string, options: Options): ParsedScenario {
  const moved = design !== scenario.design;
  const changed =
    moved || Object.entries(options).some(([k, value]) => scenario.options[k] !== value);
  if (!changed) return { ok: true, scenario };
  return parseScenario(
    makeScenario({
      ...scenario,
      design,
      options: moved ? options : { ...scenario.options, ...options },
      schedule: moved && Array.isArray(scenario.schedule) ? 'sequential' : scenario.schedule,
      beats: moved ? [] : scenario.beats,
      expect: undefined,
    }),
  );
}
