import { normalizeScenario, type ScenarioFile } from '../format/normalize';
import { scenario } from './cdev-path.json';

/** Id of the built-in scenario that is shown when none is requested. */
export const DEFAULT_SCENARIO_ID = 'cdev-path';

/** The default scenario. It needs neither the library nor the schema, so that the first paint does not wait for them. */
export const DEFAULT_SCENARIO = normalizeScenario(scenario as ScenarioFile);
