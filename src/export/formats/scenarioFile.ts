import type { Export } from '../export';
import { makeScenario } from '../../scenario/format/makeScenario';
import type { Trace } from '../../scenario/run/trace';

/** The export `scenario`. */
export const scenarioExport: Export = {
  id: 'scenario',
  title: 'Scenario file',
  extension: 'scenario.json',
  order: 110,
  make: scenarioFileText,
};

/** The run's scenario with exactly this run's schedule, as its file. */
export function scenarioFileText(trace: Trace): string {
  const entries: string[] = [];
  let count = 0;
  trace.steps.forEach((s, i) => {
    count++;
    if (trace.steps[i + 1]?.task === s.task) return;
    entries.push(`${trace.program.tasks[s.task]?.name ?? ''}${count > 1 ? `*${count}` : ''}`);
    count = 0;
  });
  return makeScenario({
    ...trace.scenario,
    schedule: entries.length === 0 ? 'sequential' : entries,
  });
}
