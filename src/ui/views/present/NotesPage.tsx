import { useEffect, useState } from 'react';
import { designTitle } from '../../../kernel/language/design';
import type { Session } from '../../../session/store/session';
import { branchCaptions, narration } from '../../../session/queries/captions';
import { speakerNotes } from '../../../session/queries/speakerNotes';
import { branchPath, currentSnapshot } from '../../../session/trace/replay';
import { snapshotText } from '../../../session/trace/snapshotText';
import { permalinkOf } from '../../../session/url/permalink';
import { channelName, notesUrl, syncWindows } from '../../../session/url/notesWindow';
import { CommandButton } from '../../controls/CommandButton';
import buttons from '../../controls/controls.module.css';
import { handleHotkey } from '../../controls/hotkeys';
import { withUnbrokenParts } from '../../controls/withUnbrokenParts';
import { useIdleSignal } from '../../idleSignal';
import { useThemeAttribute } from '../../theme';
import { SessionContext, useSession } from '../../useSession';
import styles from './NotesPage.module.css';
import { QrLink } from './QrLink';
import '../../tokens.css';

/** The speaker notes of a presentation. With the id of a channel, they and the presentation move together. */
export function NotesPage({
  session,
  channelId,
}: {
  readonly session: Session;
  /** Empty on another device, which cannot be connected. */
  readonly channelId: string;
}) {
  return (
    <SessionContext value={session}>
      <Notes session={session} channelId={channelId} />
    </SessionContext>
  );
}

function Notes({ session, channelId }: { readonly session: Session; readonly channelId: string }) {
  const [connected, setConnected] = useState(false);
  const { scenario, design } = useSession((state) => state.run.setup);
  const cursor = useSession((state) => state.run.cursor);
  const { screen } = useSession((state) => state.presentation);
  const end = useSession((state) => branchPath(state).length - 1);
  const captions = useSession(branchCaptions);
  const now = useSession(narration);
  const snapshot = useSession(currentSnapshot);
  const run = useSession((state) => state.run);
  const notes = speakerNotes({ run });
  useIdleSignal(session);
  useThemeAttribute();
  useEffect(() => {
    if (channelId === '') return undefined;
    const channel = new BroadcastChannel(channelName(channelId));
    const stop = syncWindows(session, channel, () => setConnected(true));
    return () => {
      stop();
      channel.close();
    };
  }, [session, channelId]);
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => handleHotkey(session, event);
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [session]);
  const next = captions.findIndex((each, depth) => depth > cursor && each !== undefined);
  return (
    <main className={styles.notes}>
      <header>
        <h1>{scenario.title}</h1>
        <p>
          {designTitle(design, scenario.options)} · step {cursor} of {end} · <Clock />
        </p>
        <p className={styles.status} role="status" data-connected={connected ? '' : undefined}>
          {connected
            ? 'Moves with the presentation.'
            : 'Not connected: steps here do not move a presentation, and its steps do not move this page.'}
          {screen === 'black' && ' The screen is black.'}
          {screen === 'end' && ' The end card is shown.'}
        </p>
      </header>
      <section aria-label="Now">
        <h2>Now</h2>
        <p className={styles.say}>
          {withUnbrokenParts(cursor === 0 ? scenario.about : (now ?? scenario.about))}
        </p>
        <p className={styles.step}>
          {snapshot.step && <code>{snapshot.step.id}</code>}{' '}
          {withUnbrokenParts(snapshotText(snapshot))}
        </p>
        {snapshot.step && <cite>{snapshot.step.cite}</cite>}
        <NoteList title="Point at" notes={notes.pointAt} />
        <NoteList title="Have ready" notes={notes.facts} />
      </section>
      <section aria-label="Next">
        <h2>Next{next > 0 && `, in ${next - cursor} ${next - cursor === 1 ? 'step' : 'steps'}`}</h2>
        <p>
          {withUnbrokenParts(
            captions[next]?.say ?? 'No more captions; the run continues to its end.',
          )}
        </p>
        <NoteList title="The next steps" notes={notes.next} />
      </section>
      <footer>
        <CommandButton command="present-back" icon="start" title="Previous caption" />
        <CommandButton command="present-step-back" icon="back" title="Back one step" />
        <CommandButton command="present-step" icon="forward" title="Next step" />
        <CommandButton
          command="present-next"
          text="Next caption"
          title="Next caption"
          variant="primary"
        />
        {channelId !== '' && (
          <CommandButton
            command="present-black"
            text={screen === 'black' ? 'Show the screen' : 'Black screen'}
            pressed={screen === 'black'}
          />
        )}
      </footer>
      {channelId === '' ? <StepLink /> : <PhoneLink />}
    </main>
  );
}

function NoteList({ title, notes }: { readonly title: string; readonly notes: readonly string[] }) {
  if (notes.length === 0) return undefined;
  return (
    <>
      <h3>{title}</h3>
      <ul>
        {notes.map((note) => (
          <li key={note}>{withUnbrokenParts(note)}</li>
        ))}
      </ul>
    </>
  );
}

/** On another device: the stage at the step of these notes. */
function StepLink() {
  const link = useSession(permalinkOf);
  return (
    <p className={styles.stepLink}>
      The page has no server, so it cannot follow a presentation on another device.{' '}
      <a href={location.href.replace(/[?#].*$/s, '') + link}>Show this step on the stage</a>
    </p>
  );
}

function PhoneLink() {
  const link = useSession((state) => notesUrl(window, state));
  return (
    <details className={styles.phone}>
      <summary className={`${buttons.button} ${buttons.small}`}>Notes on a phone</summary>
      <p>
        The page has no server, so a phone shows these notes but does not move with the
        presentation.
      </p>
      <QrLink link={link} label="speaker notes" />
    </details>
  );
}

/** Minutes since the notes were opened. */
function Clock() {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((before) => before + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  return (
    <button
      type="button"
      className={styles.clock}
      data-tooltip="Start the clock again"
      aria-label={`${text} since the start. Start the clock again`}
      onClick={() => setSeconds(0)}
    >
      {text}
    </button>
  );
}
