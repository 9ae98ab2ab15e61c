import { notify } from '../store/notifications';
import type { PresentationState, Session, SessionState } from '../store/session';
import { currentBranch } from '../trace/run';
import { branchPermalink, openPermalink, permalinkOf } from './permalink';
import { shortLinkOf } from './shortLink';

/** What the windows of one presentation tell each other: where the presentation is, or a request for that. */
type NotesMessage =
  | { readonly kind: 'hello' }
  | {
      readonly kind: 'state';
      /** The branch, without cursor. */
      readonly link: string;
      readonly cursor: number;
      readonly presentation: PresentationState;
    };

/** A `BroadcastChannel`; tests have their own. */
export type NotesChannel = Pick<
  BroadcastChannel,
  'postMessage' | 'addEventListener' | 'removeEventListener'
>;

/**
 * Keeps the windows of one presentation at the same step and screen, whichever of them moves. `onConnect` is called when another
 * window answers for the first time. Returns the function that ends it.
 */
export function syncWindows(
  session: Session,
  port: NotesChannel,
  onConnect: () => void = () => undefined,
): () => void {
  let applying = false;
  let connected = false;
  const send = (message: NotesMessage): void => port.postMessage(message);
  const receive = ({ data }: MessageEvent<unknown>): void => {
    const message = parseMessage(data);
    if (!message) return;
    if (message.kind === 'hello') return send(stateMessage(session.getState()));
    applying = true;
    applyState(session, message);
    applying = false;
    if (!connected) onConnect();
    connected = true;
  };
  port.addEventListener('message', receive);
  const unsubscribe = session.subscribe((state, before) => {
    if (applying || (state.run === before.run && state.presentation === before.presentation))
      return;
    send(stateMessage(state));
  });
  send({ kind: 'hello' });
  return () => {
    port.removeEventListener('message', receive);
    unsubscribe();
  };
}

const channelIds = new WeakMap<Session, string>();

/** Opens the notes of a presentation in a second window, or shows that window again. A notification says if the browser blocks it. */
export function openNotesWindow(session: Session, page: Window): void {
  const known = channelIds.get(session);
  const id = known ?? Math.random().toString(36).slice(2, 10);
  if (known === undefined) {
    channelIds.set(session, id);
    syncWindows(session, new BroadcastChannel(channelName(id)));
  }
  const opened = page.open(
    notesUrl(page, session.getState(), id),
    id,
    'popup,width=980,height=760',
  );
  if (opened) opened.focus();
  else
    notify(session, 'error', 'The browser blocked the window with the speaker notes.', [
      'Allow pop-ups for this page, then press N again.',
    ]);
}

/** The address of the speaker notes of a run. Without `id` they are not connected: for another device, with a short link if there is one. */
export function notesUrl(page: Window, state: SessionState, id = ''): string {
  const url = new URL(page.location.href);
  const shortLink = id === '' ? shortLinkOf(state) : undefined;
  url.search = shortLink === undefined ? `?notes=${id}` : `${shortLink}&notes=`;
  url.hash = shortLink === undefined ? permalinkOf(state) : '';
  return url.href;
}

/** The name of the channel between the windows of one presentation. */
export function channelName(id: string): string {
  return `vfio-playground-notes-${id}`;
}

function stateMessage({ run, presentation }: SessionState): NotesMessage {
  return {
    kind: 'state',
    link: branchPermalink(currentBranch(run).tip),
    cursor: run.cursor,
    presentation,
  };
}

function applyState(
  session: Session,
  { link, cursor, presentation }: Extract<NotesMessage, { kind: 'state' }>,
): void {
  const { run } = session.getState();
  if (branchPermalink(currentBranch(run).tip) === link)
    return session.setState({
      run: run.cursor === cursor ? run : { ...run, cursor },
      presentation,
    });
  const opened = openPermalink(link);
  if (opened.ok) session.setState({ run: { ...opened.run, cursor }, presentation });
}

/** A message of a window of the same version; undefined for anything else on the channel. */
function parseMessage(data: unknown): NotesMessage | undefined {
  if (typeof data !== 'object' || data === null || !('kind' in data)) return undefined;
  if (data.kind === 'hello') return { kind: 'hello' };
  if (
    data.kind !== 'state' ||
    !('link' in data && 'cursor' in data && 'presentation' in data) ||
    typeof data.link !== 'string' ||
    typeof data.cursor !== 'number' ||
    typeof data.presentation !== 'object'
  )
    return undefined;
  return {
    kind: 'state',
    link: data.link,
    cursor: data.cursor,
    presentation: data.presentation as PresentationState,
  };
}
