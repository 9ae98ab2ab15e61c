import { LIBRARY, type LibraryEntry } from '../library/library';
import { isVariantOf } from '../library/builtInScenario';
import type { Link } from './link';
import type { Scenario } from '../format/scenario';
import type { Trace } from '../run/trace';

/** The link to a trace after `cursor` steps, by default all of them. */
export function linkOfTrace(
  trace: Trace,
  cursor = trace.steps.length,
  view: Link['view'] = {},
): Link {
  const { program, scenario } = trace;
  const id = builtInOf(scenario)?.id;
  return {
    design: scenario.design,
    revision: program.design.revision,
    options: scenario.options,
    ...(program.design.modified ? { mutations: program.design.modified } : {}),
    world: scenario.world,
    calls: scenario.calls,
    steps: trace.steps.map((s) => ({ by: program.tasks[s.task]?.name ?? '', at: s.step.id })),
    cursor,
    view,
    ...(id === undefined ? {} : { scenario: id }),
    ...(scenario.title === '' ? {} : { title: scenario.title }),
    ...(id !== undefined || scenario.about === '' ? {} : { about: scenario.about }),
    ...(id !== undefined || scenario.beats.length === 0 ? {} : { captions: scenario.beats }),
  };
}

/** The built-in scenario that this is a variant of, in any design. */
export function builtInOf(scenario: Scenario): LibraryEntry | undefined {
  return LIBRARY.find(
    (entry) =>
      isVariantOf(entry, scenario) && entry.variants.some((v) => v.title === scenario.title),
  );
}
