import { builtInScenario, variantToOpen } from '../../scenario/library/builtInScenario';
import type { InputError, Scenario } from '../../scenario/format/scenario';
import { draftKey } from '../queries/designDraft';
import { notify } from '../store/notifications';
import type { Session } from '../store/session';
import { openScenario } from '../trace/openScenario';
import { showRun } from './showRun';

/** Shows a scenario as one undoable change; errors in its schedule notify the user and change nothing. */
export function showScenario(
  session: Session,
  scenario: Scenario,
  libraryId: string | undefined,
): void {
  const { setup } = session.getState().run;
  const changed =
    draftKey(setup) === draftKey({ scenario }) && setup.mutations
      ? openScenario({ ...scenario, schedule: 'sequential', beats: [] }, libraryId, setup.design)
      : undefined;
  const opened = changed?.ok ? changed : openScenario(scenario, libraryId);
  if (opened.ok) showRun(session, { run: opened.run });
  else notifyNotOpened(session, scenario.title, opened.errors);
}

/** Shows a built-in scenario, as its variant for the design on screen if it has one. Throws for an unknown id. */
export function showLibraryScenario(session: Session, id: string): void {
  const entry = builtInScenario(id);
  if (!entry) throw new Error(`no built-in scenario ${id}`);
  const { design } = session.getState().run.setup;
  showScenario(session, variantToOpen(entry, design.id), entry.id);
}

/** Notifies the user that a scenario or file could not be opened, one line per error. */
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
    { commandId: 'library' },
  );
}
