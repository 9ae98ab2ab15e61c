import { LIBRARY } from '../../scenario/library/library';
import { showLibraryScenario } from './showScenario';
import type { Session } from '../store/session';

/** Shows the built-in scenario that comes after the one on screen in the list; the first after the last, and after a run of one's own. */
export function showNextScenario(session: Session): void {
  const { libraryId: id } = session.getState().run.setup;
  const entry = LIBRARY[(LIBRARY.findIndex((each) => each.id === id) + 1) % LIBRARY.length];
  if (entry) showLibraryScenario(session, entry.id);
}
