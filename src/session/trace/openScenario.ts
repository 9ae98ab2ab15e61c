import { DESIGN_METAS } from '../../designs/catalog';
import { designById } from '../../designs/registry';
import { runScenario } from '../../scenario/run/runScenario';
import type { InputError, Scenario } from '../../scenario/format/scenario';
import { childTraceNode, rootTraceNode, type Setup } from './traceTree';
import { runTo, type Run } from './run';

/** A run with its scenario's schedule recorded ahead and nothing yet done, or what is wrong with the schedule. */
export type OpenedScenario =
  | { readonly ok: true; readonly run: Run }
  | { readonly ok: false; readonly errors: readonly InputError[] };

/** Opens a checked scenario. */
export function openScenario(scenario: Scenario, id: string | undefined): OpenedScenario {
  const design = designById(scenario.design);
  if (!design)
    return {
      ok: false,
      errors: [
        {
          path: 'design',
          message: `expected one of ${DESIGN_METAS.map((each) => each.id).join(', ')}, got ${JSON.stringify(scenario.design)}`,
        },
      ],
    };
  const setup: Setup = { scenario, libraryId: id, design };
  const outcome = runScenario(scenario);
  if (!outcome.ok) return outcome;
  const { program, schedule } = outcome.trace;
  const tip = schedule.reduce(
    (at, task) => childTraceNode(at, { kind: 'step', task: program.tasks[task]?.name ?? '' }),
    rootTraceNode(setup),
  );
  return {
    ok: true,
    run: runTo(setup, tip),
  };
}
