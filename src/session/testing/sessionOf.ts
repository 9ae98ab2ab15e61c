import { libraryEntry } from '../../scenario/library/library';
import { createSession, type Session } from '../store/session';
import { openScenario } from '../trace/openScenario';

/** A session at step 0 of a built-in scenario. */
export function sessionOf(id: string): Session {
  const entry = libraryEntry(id);
  const opened = entry && openScenario(entry.scenario, entry.id);
  if (!opened?.ok) throw new Error(`${id} does not open`);
  return createSession(opened.run.setup, opened.run);
}
