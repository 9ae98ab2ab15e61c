import { DESIGN_METAS } from '../../designs/catalog';
import { designById } from '../../designs/registry';
import type { Design } from '../../kernel/language/design';
import { quote } from '../../scenario/format/quote';
import type { InputError, Scenario } from '../../scenario/format/scenario';
import { runScenario } from '../../scenario/run/runScenario';
import { runTo, type Run } from './run';
import { childTraceNode, rootTraceNode, type Setup } from './traceTree';

/** A run at step 0 whose branch is the scenario's schedule, or the errors of that schedule. */
export type OpenedScenario =
  | { readonly ok: true; readonly run: Run }
  | { readonly ok: false; readonly errors: readonly InputError[] };

/** Opens a parsed scenario; `libraryId` is its id if it is built in. `changed` runs in place of its design; `origin` says whether it is written on this page. */
export function openScenario(
  scenario: Scenario,
  libraryId: string | undefined,
  changed?: Design,
  origin: Pick<Setup, 'isEdited'> = {},
): OpenedScenario {
  const design = changed ?? designById(scenario.design);
  if (!design) {
    const ids = DESIGN_METAS.map(({ id }) => id).join(', ');
    return {
      ok: false,
      errors: [
        { path: 'design', message: `expected one of ${ids}, got ${quote(scenario.design)}` },
      ],
    };
  }
  const outcome = runScenario(scenario, { design: changed });
  if (!outcome.ok) return outcome;
  const setup: Setup = {
    scenario,
    libraryId,
    design,
    ...origin,
    ...(design.modified ? { mutations: design.modified } : {}),
  };
  const { program, schedule } = outcome.trace;
  const tip = schedule.reduce(
    (node, task) => childTraceNode(node, { kind: 'step', task: program.tasks[task]?.name ?? '' }),
    rootTraceNode(setup),
  );
  return { ok: true, run: runTo(setup, tip) };
}
