import { DESIGN_NAMES } from '../../designs/designNames';
import { designById } from '../../designs/registry';
import { runScenario } from '../../scenario/run/runScenario';
import type { InputError, Scenario } from '../../scenario/format/scenario';
import { commit } from '../store/undo';
import { freshRun, type Run, type Session } from '../store/session';
import { childTraceNode, rootTraceNode, type Setup } from './traceTree';
import { pause } from '../actions/playback';

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
          message: `${JSON.stringify(scenario.design)} stood here; accepted: ${Object.values(
            DESIGN_NAMES,
          )
            .map((each) => each.id)
            .join(', ')}`,
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
    run: { ...freshRun(setup), branches: [{ id: 1, name: 'main', tip, forkedFrom: undefined }] },
  };
}

/** Puts an opened scenario on screen; the session before stays one undo away. */
export function showRun(session: Session, run: Run): void {
  const { title } = run.setup.scenario;
  pause(session);
  commit(session, run, `opening of ${title}`, `Opened ${title}`);
  session.setState({ selection: undefined });
}
