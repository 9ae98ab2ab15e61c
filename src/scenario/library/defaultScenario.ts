import { normalizeScenario, type ScenarioFile } from '../format/normalize';
import cdevPath from './cdev-path.scenario.json';

/** The built-in scenario that is shown where none is asked for, by its id in the library. */
export const DEFAULT_SCENARIO_ID = 'cdev-path';

/** It, as the library has it; read without the library and the checks of the format, so that a page can begin with it. */
export const DEFAULT_SCENARIO = normalizeScenario(cdevPath as ScenarioFile);
