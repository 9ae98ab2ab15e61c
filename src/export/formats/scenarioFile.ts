import type { Export } from '../export';
import { makeScenario } from '../../scenario/format/makeScenario';
import { makeScheduleEntries } from '../../scenario/format/scheduleText';
import { makeRunResult } from '../../scenario/run/runResult';
import { verifyRun } from '../../scenario/run/verifyRun';
import type { Trace } from '../../scenario/run/trace';

/** The export `scenario`. */
export const scenarioExport: Export = {
  id: 'scenario',
  title: 'Scenario file',
  extension: 'scenario.json',
  order: 110,
  make: scenarioFileText,
};

/** The scenario file of a run, with exactly its schedule. */
export function scenarioFileText(trace: Trace): string {
  const entries = makeScheduleEntries(
    trace.schedule.map((task) => trace.program.tasks[task]?.name ?? ''),
  );
  const { expect } = trace.scenario;
  return makeScenario(
    {
      ...trace.scenario,
      schedule: entries.length === 0 ? 'sequential' : entries,
      // An expectation that another schedule does not meet is about the schedule of the file.
      expect: expect && verifyRun(makeRunResult(trace), expect).length === 0 ? expect : undefined,
    },
    { namesSchema: true },
  );
}
