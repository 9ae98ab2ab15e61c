import { badgesOf, type StepRecord } from '../graph/model/badges';
import type { Graph } from '../graph/model/graph';
import { layOutGraph, type GraphLayout, type LayoutShape } from '../graph/layout/graphLayout';
import { closeEmptyRows, toGraph } from '../graph/model/toGraph';
import { stateAt } from '../scenario/run/scenarioRun';
import type { Trace } from '../scenario/run/trace';

/** The layout for graphs after these numbers of steps, without the rows that are empty in all of them. */
export function layoutForSteps(
  trace: Trace,
  counts: readonly number[],
  shape?: LayoutShape,
): GraphLayout {
  return closeEmptyRows(
    trace.program,
    counts.map((count) => stateAt(trace, count)),
    layOutGraph(trace.program, undefined, undefined, shape),
    badgesAfter(trace, Math.max(0, ...counts)),
  );
}

/** A graph after the first `count` steps of a run. With `previousCount`, it also says what has changed since that many steps. */
export function graphAfter(
  trace: Trace,
  count: number,
  layout: GraphLayout = layoutForSteps(trace, [count]),
  previousCount?: number,
): Graph {
  return toGraph(trace.program, stateAt(trace, count), layout, {
    badges: badgesAfter(trace, count),
    ...(previousCount === undefined ? {} : { previous: stateAt(trace, previousCount) }),
  });
}

function badgesAfter(trace: Trace, count: number): ReturnType<typeof badgesOf> {
  const { program } = trace;
  const records = trace.steps.slice(0, count).map((traceStep): StepRecord => ({
    program,
    task: traceStep.task,
    step: traceStep.step,
    events: traceStep.events,
    violations: traceStep.violations,
  }));
  return badgesOf(records);
}
