import type { Scenario } from '../../src/scenario/format/scenario';
import { parseScenario } from '../../src/scenario/format/parseScenario';
import large from './large.scenario.json';
import medium from './medium.scenario.json';
import page from './page.scenario.json';
import small from './small.scenario.json';

/** One scenario to measure on. */
export interface Workload {
  readonly id: string;
  readonly scenario: Scenario;
  readonly states: number;
  /** Repetitions; the best counts. */ readonly times: number;
}

function read(file: unknown): Scenario {
  const parsed = parseScenario(file);
  if (!parsed.ok) throw new Error(parsed.errors.map((e) => `${e.path}: ${e.message}`).join('\n'));
  return parsed.scenario;
}

/** About 10^4, 10^6 and 10^7 states, and what the page checks again on every toggle: three devices, six tasks and an unregister. */
export const WORKLOADS: readonly Workload[] = [
  { id: '1e4', scenario: read(small), states: 13_452, times: 5 },
  { id: 'page', scenario: read(page), states: 277_020, times: 3 },
  { id: '1e6', scenario: read(medium), states: 1_041_491, times: 3 },
  { id: '1e7', scenario: read(large), states: 9_651_268, times: 1 },
];
