import { useEffect, useState } from 'react';
import { renderSVG } from 'uqr';
import { arrange } from '../../session/arrange';
import { beatFrom, branchBeats } from '../../session/beats';
import { permalinkOf } from '../../session/permalink';
import buttons from '../controls/controls.module.css';
import { useSession, useSessionStore } from '../useSession';
import styles from './Present.module.css';

/** A QR code holds no more bytes than this at its lowest correction. */
const MOST = 2900;

/** What a presenter has beside the stage: notes for the speaker, the moment as a code for the audience, and the way out. */
export function Present() {
  const session = useSessionStore();
  const [notes, showNotes] = useState(false);
  const [code, showCode] = useState(false);
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (session.getState().dialog !== undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      const key = event.key.toLowerCase();
      if (key === 'escape') arrange(session, { present: false });
      else if (key === 'n') showNotes((on) => !on);
      else if (key === 'k') showCode((on) => !on);
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [session]);
  return (
    <aside aria-label="Presenter">
      <h1 className={buttons.hidden}>VFIO playground</h1>
      {notes && <Notes />}
      {code && <Code />}
      <p className={styles.keys}>
        <button type="button" aria-pressed={notes} onClick={() => showNotes(!notes)}><kbd>N</kbd> notes</button>
        <button type="button" aria-pressed={code} onClick={() => showCode(!code)}><kbd>K</kbd> code of this moment</button>
        <button type="button" onClick={() => arrange(session, { present: false })}><kbd>Esc</kbd> leave</button>
      </p>
    </aside>
  );
}

function Notes() {
  const about = useSession((state) => state.run.setup.scenario.about);
  const next = useSession((state) => branchBeats(state)[beatFrom(state, 1)]?.say);
  return (
    <section className={styles.notes} aria-label="Speaker notes">
      <p>{about}</p>
      <p><b>Next</b> {next ?? 'Nothing more is told: the run goes on to its end.'}</p>
      <p><kbd>→</kbd> <kbd>←</kbd> a step, <kbd>PgDn</kbd> <kbd>PgUp</kbd> a point of the story, <kbd>Space</kbd> play</p>
    </section>
  );
}

function Code() {
  const link = useSession(permalinkOf);
  const address = `${location.href.replace(/[?#].*$/s, '')}${link}`;
  return (
    <section className={styles.code} aria-label="Link of this moment">
      {address.length <= MOST
        ? <img alt="QR code of the link to this moment" src={`data:image/svg+xml;utf8,${encodeURIComponent(renderSVG(address, { ecc: 'L' }))}`} />
        : <p>The link of this moment is too long for a code; the Share dialog has it as text.</p>}
    </section>
  );
}
