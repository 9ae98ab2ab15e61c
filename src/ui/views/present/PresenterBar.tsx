import { useEffect, useState } from 'react';
import { renderSVG } from 'uqr';
import { branchCaptions, latestCaption } from '../../../session/queries/captions';
import { currentSnapshot } from '../../../session/trace/replay';
import { permalinkOf } from '../../../session/url/permalink';
import { CommandButton } from '../../controls/CommandButton';
import buttons from '../../controls/controls.module.css';
import { useSession } from '../../useSession';
import styles from './PresenterBar.module.css';
import { currentBranch } from '../../../session/trace/run';
import { snapshotText } from '../../../session/trace/snapshotText';

/** A QR code holds no more bytes than this at its lowest correction. */
const MAX_QR_BYTES = 2900;

/** The caption of the stage while one presents, with what only the speaker needs on demand. */
export function PresenterBar() {
  const run = useSession((state) => state.run);
  const told = useSession(latestCaption);
  const beats = useSession(branchCaptions);
  const frame = useSession(currentSnapshot);
  const [aside, setAside] = useState<'notes' | 'link' | undefined>(undefined);
  const toggle = (what: 'notes' | 'link'): void =>
    setAside((now) => (now === what ? undefined : what));
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        (event.target instanceof Element && event.target.closest('input, dialog, [role="dialog"]'))
      )
        return;
      const key = event.key.toLowerCase();
      if (key === 'n' || key === 'k') toggle(key === 'n' ? 'notes' : 'link');
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
  const violation = frame.violations[0];
  const refused = frame.events.some(({ template: note }) => note.kind === 'fail');
  const points = beats.flatMap((beat, depth) => (beat ? [depth] : []));
  const atEnd = run.cursor === currentBranch(run).tip.depth;
  return (
    <section
      className={styles.present}
      aria-label="Story"
      data-tone={violation ? 'violation' : refused ? 'refused' : undefined}
    >
      <h1 className={buttons.hidden}>VFIO playground</h1>
      {aside === 'notes' && (
        <SpeakerNotes
          next={beats.find((beat, depth) => depth > run.cursor && beat !== undefined)?.say}
        />
      )}
      {aside === 'link' && <LinkWithQrCode />}
      <div className={styles.caption}>
        <p className={styles.say}>
          {violation
            ? `Rule broken, ${violation.property}: ${violation.text}`
            : run.cursor === 0 || !told
              ? run.setup.scenario.title
              : told.say}
        </p>
        <p className={styles.now}>
          {frame.step && <code>{frame.step.id}</code>}
          {run.cursor === 0 ? run.setup.design.title : snapshotText(frame)}
          {atEnd && run.cursor > 0 ? '. The end.' : ''}
        </p>
      </div>
      <footer>
        <p className={styles.count}>
          <b>
            {points.length > 0
              ? `${points.filter((depth) => depth <= run.cursor).length} of ${points.length}`
              : `step ${run.cursor}`}
          </b>
          {run.cursor > 0 && <span>{run.setup.scenario.title}</span>}
          <code>{run.setup.design.id}</code>
        </p>
        <CommandButton
          command="present-back"
          text="Back"
          title="Back one point"
          tooltipSide="above"
        />
        {atEnd && run.cursor > 0 ? (
          <CommandButton command="reset" text="Start again" tooltipSide="above" variant="plain" />
        ) : (
          <CommandButton
            command="present-next"
            text="Next"
            title="Next point"
            tooltipSide="above"
            variant="plain"
          />
        )}
        <button
          type="button"
          className={`${buttons.button} ${buttons.quiet}`}
          aria-pressed={aside === 'notes'}
          onClick={() => toggle('notes')}
        >
          Notes <kbd className={buttons.kbd}>N</kbd>
        </button>
        <button
          type="button"
          className={`${buttons.button} ${buttons.quiet}`}
          aria-pressed={aside === 'link'}
          onClick={() => toggle('link')}
        >
          Link <kbd className={buttons.kbd}>K</kbd>
        </button>
        <CommandButton
          command="present-leave"
          text="Leave"
          title="Leave the presentation"
          tooltipSide="above"
        />
      </footer>
    </section>
  );
}

function SpeakerNotes({ next }: { readonly next: string | undefined }) {
  const scenario = useSession((state) => state.run.setup.scenario);
  return (
    <section className={styles.aside} aria-label="Speaker notes">
      <h2>{scenario.title}</h2>
      <p>{scenario.about}</p>
      <p>
        <b>Next:</b> {next ?? 'nothing more is told; the run goes on to its end.'}
      </p>
    </section>
  );
}

function LinkWithQrCode() {
  const hash = useSession(permalinkOf);
  const link = location.href.replace(/[?#].*$/s, '') + hash;
  return (
    <section className={styles.aside} aria-label="Link to this moment">
      {link.length <= MAX_QR_BYTES ? (
        <img
          alt="QR code of the link to this moment"
          src={`data:image/svg+xml;utf8,${encodeURIComponent(renderSVG(link, { ecc: 'L' }))}`}
        />
      ) : (
        <p>This link is too long for a code.</p>
      )}
      <a href={link}>{link}</a>
    </section>
  );
}
