import { designTitle } from '../../../kernel/language/design';
import { useEffect, useState } from 'react';
import { renderSVG } from 'uqr';
import { branchCaptions, narration } from '../../../session/queries/captions';
import { currentSnapshot } from '../../../session/trace/replay';
import { permalinkOf } from '../../../session/url/permalink';
import { CommandButton } from '../../controls/CommandButton';
import buttons from '../../controls/controls.module.css';
import { useSession } from '../../useSession';
import styles from './PresenterBar.module.css';
import { currentBranch } from '../../../session/trace/run';
import { snapshotText } from '../../../session/trace/snapshotText';

/** Capacity of a QR code at its lowest error correction. */
const MAX_QR_BYTES = 2900;

/** The caption in presentation mode, with speaker notes and the link on demand. */
export function PresenterBar() {
  const run = useSession((state) => state.run);
  const text = useSession(narration);
  const captions = useSession(branchCaptions);
  const snapshot = useSession(currentSnapshot);
  const [extra, setExtra] = useState<'notes' | 'link' | undefined>(undefined);
  const toggle = (next: 'notes' | 'link'): void =>
    setExtra((shown) => (shown === next ? undefined : next));
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
  const violation = snapshot.violations[0];
  const refused = snapshot.events.some(({ template }) => template.kind === 'fail');
  const captionDepths = captions.flatMap((each, depth) => (each ? [depth] : []));
  const atEnd = run.cursor === currentBranch(run).tip.depth;
  return (
    <section
      className={styles.present}
      aria-label="Caption"
      data-tone={violation ? 'violation' : refused ? 'refused' : undefined}
    >
      <h1 className={buttons.hidden}>VFIO playground</h1>
      {extra === 'notes' && (
        <SpeakerNotes
          next={captions.find((each, depth) => depth > run.cursor && each !== undefined)?.say}
        />
      )}
      {extra === 'link' && <LinkWithQrCode />}
      <div className={styles.caption}>
        <p className={styles.captionText}>
          {violation
            ? `Property violated (${violation.property}): ${violation.text}`
            : run.cursor === 0
              ? run.setup.scenario.title
              : (text ?? run.setup.scenario.title)}
        </p>
        <p className={styles.step}>
          {snapshot.step && <code>{snapshot.step.id}</code>}
          {run.cursor === 0
            ? designTitle(run.setup.design, run.setup.scenario.options)
            : snapshotText(snapshot)}
          {atEnd && run.cursor > 0 ? '. End of the run.' : ''}
        </p>
      </div>
      <footer>
        <p className={styles.count}>
          <b>
            {captionDepths.length > 0
              ? `${captionDepths.filter((depth) => depth <= run.cursor).length} of ${captionDepths.length}`
              : `step ${run.cursor}`}
          </b>
          {run.cursor > 0 && <span>{run.setup.scenario.title}</span>}
          <code>{run.setup.design.id}</code>
        </p>
        <CommandButton command="present-back" text="Back" title="Back to the previous caption" />
        {atEnd && run.cursor > 0 ? (
          <CommandButton command="reset" text="Start over" title="Start over" variant="plain" />
        ) : (
          <CommandButton command="present-next" text="Next" title="Next caption" variant="plain" />
        )}
        <button
          type="button"
          className={`${buttons.button} ${buttons.quiet}`}
          aria-pressed={extra === 'notes'}
          onClick={() => toggle('notes')}
        >
          Notes <kbd className={buttons.kbd}>N</kbd>
        </button>
        <button
          type="button"
          className={`${buttons.button} ${buttons.quiet}`}
          aria-pressed={extra === 'link'}
          onClick={() => toggle('link')}
        >
          Link <kbd className={buttons.kbd}>K</kbd>
        </button>
        <CommandButton command="present-leave" text="Leave" title="Leave the presentation" />
      </footer>
    </section>
  );
}

function SpeakerNotes({ next }: { readonly next: string | undefined }) {
  const scenario = useSession((state) => state.run.setup.scenario);
  return (
    <section className={styles.extra} aria-label="Speaker notes">
      <h2>{scenario.title}</h2>
      <p>{scenario.about}</p>
      <p>
        <b>Next:</b> {next ?? 'no more captions; the run continues to its end.'}
      </p>
    </section>
  );
}

function LinkWithQrCode() {
  const hash = useSession(permalinkOf);
  const link = location.href.replace(/[?#].*$/s, '') + hash;
  return (
    <section className={styles.extra} aria-label="Link to this step">
      {link.length <= MAX_QR_BYTES ? (
        <img
          alt="QR code of the link to this step"
          src={`data:image/svg+xml;utf8,${encodeURIComponent(renderSVG(link, { ecc: 'L' }))}`}
        />
      ) : (
        <p>This link is too long for a QR code.</p>
      )}
      <a href={link}>{link}</a>
    </section>
  );
}
