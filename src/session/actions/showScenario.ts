import { scenarioVariant, builtInScenario } from '../../scenario/library/builtInScenario';
import type { InputError, Scenario } from '../../scenario/format/scenario';
import { notify } from '../store/notifications';
import { openScenario } from '../trace/openScenario';
import { type Session } from '../store/session';
import { showRun } from './showRun';

/** Shows a scenario; the session before stays one undo away. */
export function showScenario(session: Session, scenario: Scenario, id: string | undefined): void {
  const opened = openScenario(scenario, id);
  if (!opened.ok) return notifyNotOpened(session, scenario.title, opened.errors);
  showRun(session, { run: opened.run });
}

/** Shows a built-in scenario, as its variant for the design on screen if it has one. Throws for an unknown id. */
export function showLibraryScenario(session: Session, id: string): void {
  const entry = builtInScenario(id);
  if (!entry) throw new Error(`no built-in scenario ${id}`);
  const { design } = session.getState().run.setup;
  const told = entry.designs.includes(design.id)
    ? scenarioVariant(entry, design.id, {})
    : undefined;
  showScenario(session, told?.ok ? told.scenario : entry.scenario, entry.id);
}

export function notifyNotOpened(
  session: Session,
  name: string,
  errors: readonly InputError[],
): void {
  notify(
    session,
    'error',
    `${name} was not opened. The session is unchanged.`,
    errors.map(({ path, message }) => `${path}: ${message}`),
    'library',
  );
}
