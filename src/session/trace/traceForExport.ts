import { runStep, startCompiledRun, traceOf } from '../../scenario/run/scenarioRun';
import type { Trace } from '../../scenario/run/trace';
import { captionsOfPath } from '../queries/captions';
import { snapshotAt, taskByName } from './replay';
import { pathTo, type TraceNode } from './traceTree';

const traces = new WeakMap<TraceNode, Trace>();

/**
 * The run from the root to `node`, with the calls issued on the way present from the start. Its scenario has the
 * captions of this run, and neither schedule nor `expect`: those of the file describe another run. Same object for the same node.
 */
export function traceForExport(node: TraceNode): Trace {
  const known = traces.get(node);
  if (known) return known;
  const { program } = snapshotAt(node);
  const path = pathTo(node);
  const captions = new Set(captionsOfPath(path));
  const run = startCompiledRun(
    {
      ...node.setup.scenario,
      calls: program.calls.map(({ call }) => call),
      beats: node.setup.scenario.beats.filter((caption) => captions.has(caption)),
      schedule: 'sequential',
      expect: undefined,
    },
    program,
  );
  for (const { transition } of path)
    if (transition?.kind === 'step') runStep(run, taskByName(program, transition.task).index);
  const trace = traceOf(run);
  traces.set(node, trace);
  return trace;
}
