import type { Export } from '../export';
import { makeScenario } from '../../scenario/format/makeScenario';
import type { Trace } from '../../scenario/run/trace';
import { promelaModel } from '../promela/promelaModel';

/** The scenario of a run as a SPIN model. The run's own schedule is ignored. */
export const promelaExport: Export = {
  id: 'promela',
  title: 'SPIN model',
  extension: 'pml',
  order: 70,
  make: promelaText,
};

function promelaText(trace: Trace): string {
  return promelaModel(trace.program, `${trace.scenario.title}\n\n${makeScenario(trace.scenario)}`);
}
