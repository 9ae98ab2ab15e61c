import type { Link } from '../../scenario/link/link';
import { notify } from '../store/notifications';
import type { Session } from '../store/session';
import { commit } from '../store/undo';
import type { Run } from '../trace/run';
import { parseViewParameter } from '../queries/viewParameters';
import { pause } from './playback';

/** The view and the losses of an opened link; `dropped` lists in sentences what the link could not restore. */
export interface LinkView {
  readonly view: Link['view'];
  readonly dropped: readonly string[];
}

/** A run to show; with `link`, as that link describes it. */
export interface ShownRun {
  readonly run: Run;
  readonly link?: LinkView;
}

/** Puts an opened run on screen as one undoable change. */
export function showRun(session: Session, { run, link }: ShownRun): void {
  const { title } = run.setup.scenario;
  pause(session);
  commit(
    session,
    run,
    link ? 'opening a link' : `opening ${title}`,
    link ? `Opened a link: ${title}` : `Opened ${title}`,
  );
  session.setState(({ comparison }) => ({ comparison: { ...comparison, tick: 0 } }));
  if (link) applyLinkView(session, link);
  else session.setState({ selection: undefined });
}

/** Restores the view of a link, and notifies the user of what the link lost. */
export function applyLinkView(session: Session, { view, dropped }: LinkView): void {
  session.setState({ selection: undefined });
  const unknown: string[] = [];
  for (const [key, word] of Object.entries(view)) {
    const change = parseViewParameter(session.getState(), key, word);
    if (change) session.setState(change);
    else unknown.push(`${key.slice(0, 32)}=${word.slice(0, 64)}`);
  }
  const lines =
    unknown.length === 0
      ? dropped
      : [...dropped, `Ignored unknown settings: ${unknown.join(', ')}.`];
  if (lines.length > 0)
    notify(session, 'error', 'The link could be restored only in part.', lines, { lasting: true });
}
