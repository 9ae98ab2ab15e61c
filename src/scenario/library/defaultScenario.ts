import { normalizeScenario, type ScenarioFile } from '../format/normalize';
import { scenario } from './first-race.json';

/** Id of the built-in scenario that is shown when none is requested. */
export const DEFAULT_SCENARIO_ID = 'first-race';

/** The default scenario. It needs neither the library nor the schema, so that the first paint does not wait for them. */
export const DEFAULT_SCENARIO = normalizeScenario(scenario as ScenarioFile);
