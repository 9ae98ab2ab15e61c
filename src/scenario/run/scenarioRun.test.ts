import { expect, it } from 'vitest';
import { libraryEntry } from '../library/library';
import { runScenario } from './runScenario';
import { startScenarioRun } from './scenarioRun';

it('compiles the calls of a scenario once, also for a copy with another schedule or title', () => {
  const scenario = libraryEntry('bind-race')?.scenario ?? expect.fail();
  const { program } = startScenarioRun(scenario);
  const copy = { ...scenario, title: 'a copy', schedule: 'sequential' as const };
  expect(startScenarioRun(copy, program.design).program).toBe(program);
  const other = { ...scenario, options: { ...scenario.options } };
  expect(startScenarioRun(other).program).not.toBe(program);
});

it('tells the value of a field that a condition reads', () => {
  const scenario = libraryEntry('bind-race')?.scenario ?? expect.fail();
  const outcome = runScenario(scenario);
  if (!outcome.ok) expect.fail();
  const texts = outcome.trace.steps.flatMap((each) => each.texts);
  expect(texts).toContain('dpdk reads vfio0.open_count: 1');
  expect(texts).toContain('dpdk reads fd2 df.access_granted (load-acquire): 0');
  expect(texts.filter((text) => /reads !/.test(text))).toEqual([]);
});
