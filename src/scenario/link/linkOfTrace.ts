import { LIBRARY } from '../library/library';
import { isVariantOf } from '../library/builtInScenario';
import type { Link } from './link';
import type { Scenario } from '../format/scenario';
import type { Trace } from '../run/trace';

/** The moment of a trace after `cursor` steps (all of them where left out), ready for `makeLink`. */
export function linkOfTrace(
  trace: Trace,
  cursor = trace.steps.length,
  view: Link['view'] = {},
): Link {
  const { program, scenario } = trace;
  const id = builtInIdOf(scenario);
  return {
    design: scenario.design,
    revision: program.design.revision,
    options: scenario.options,
    world: scenario.world,
    calls: scenario.calls,
    steps: trace.steps.map((s) => ({ by: program.tasks[s.task]?.name ?? '', at: s.step.id })),
    cursor,
    view,
    ...(id === undefined ? {} : { scenario: id }),
    ...(scenario.title === '' ? {} : { title: scenario.title }),
  };
}

/** The built-in scenario that this one tells, in whatever design. */
function builtInIdOf(scenario: Scenario): string | undefined {
  return LIBRARY.find(
    (entry) =>
      isVariantOf(entry, scenario) && entry.variants.some((t) => t.title === scenario.title),
  )?.id;
}
