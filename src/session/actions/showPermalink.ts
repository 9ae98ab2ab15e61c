import { notify } from '../store/notifications';
import type { Session } from '../store/session';
import { openPermalink } from '../url/permalink';
import { showRun } from './showRun';

/** Shows the run of a link as one undoable change; a link that does not open changes nothing and notifies the user. */
export function showPermalink(session: Session, hash: string): void {
  const opened = openPermalink(hash);
  if (opened.ok) showRun(session, { run: opened.run, link: opened });
  else
    notify(session, 'error', 'The link was not opened. The session is unchanged.', [
      opened.message,
    ]);
}
