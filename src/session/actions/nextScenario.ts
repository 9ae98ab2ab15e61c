import { LIBRARY } from '../../scenario/library/library';
import type { Session } from '../store/session';
import { showLibraryScenario } from './showScenario';

/** Shows the next built-in scenario in library order; the first one after the last, and after an opened file. */
export function showNextScenario(session: Session): void {
  const { libraryId } = session.getState().run.setup;
  const entry = LIBRARY[(LIBRARY.findIndex(({ id }) => id === libraryId) + 1) % LIBRARY.length];
  if (entry) showLibraryScenario(session, entry.id);
}
