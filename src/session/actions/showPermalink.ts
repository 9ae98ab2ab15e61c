import type { Link } from '../../scenario/link/link';
import { commit } from '../store/undo';
import { notify } from '../store/notifications';
import type { Session } from '../store/session';
import { pause } from './playback';
import { VIEW_PARAMETERS, openPermalink } from '../url/permalink';

/** Shows what a link holds and tells what it lost; the session before stays one undo away. A link that holds nothing changes nothing. */
export function showPermalink(session: Session, hash: string): void {
  const opened = openPermalink(hash);
  if (!opened.ok)
    return notify(session, 'error', 'The link was not opened. The session is unchanged.', [
      opened.message,
    ]);
  pause(session);
  commit(
    session,
    opened.run,
    'opening of a link',
    `Opened a link: ${opened.run.setup.scenario.title}`,
  );
  applyView(session, opened);
}

/** Puts back what a link says of the view and of rows that are changed, and tells what the link lost. */
export function applyView(
  session: Session,
  { view, dropped }: { readonly view: Link['view']; readonly dropped: readonly string[] },
): void {
  session.setState(({ run }) => ({ selection: undefined, mutations: run.setup.mutations ?? [] }));
  const strange: string[] = [];
  for (const [key, word] of Object.entries(view)) {
    const change = VIEW_PARAMETERS.find((each) => each.key === key)?.write(
      session.getState(),
      word,
    );
    if (change) session.setState(change);
    else strange.push(`${key.slice(0, 32)}=${word.slice(0, 64)}`);
  }
  const lines =
    strange.length === 0
      ? dropped
      : [...dropped, `Not known here and left out: ${strange.join(', ')}.`];
  if (lines.length > 0) notify(session, 'error', 'The link could not be opened whole.', lines);
}
