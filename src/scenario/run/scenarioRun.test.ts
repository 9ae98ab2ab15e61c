import { expect, it } from 'vitest';
import { libraryEntry } from '../library/library';
import { startScenarioRun } from './scenarioRun';

it('compiles the calls of a scenario once, also for a copy with another schedule or title', () => {
  const scenario = libraryEntry('bind-race')?.scenario ?? expect.fail();
  const { program } = startScenarioRun(scenario);
  const copy = { ...scenario, title: 'a copy', schedule: 'sequential' as const };
  expect(startScenarioRun(copy, program.design).program).toBe(program);
  const other = { ...scenario, options: { ...scenario.options } };
  expect(startScenarioRun(other).program).not.toBe(program);
});
