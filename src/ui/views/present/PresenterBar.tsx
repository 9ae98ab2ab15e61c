import { useEffect, useState } from 'react';
import { designTitle } from '../../../kernel/language/design';
import {
  branchCaptions,
  earlierCaption,
  presentedCaption,
} from '../../../session/queries/captions';
import { currentSnapshot } from '../../../session/trace/replay';
import { currentBranch } from '../../../session/trace/run';
import { eventText, stepSentence, violationSentence } from '../../../session/trace/snapshotText';
import { permalinkOf } from '../../../session/url/permalink';
import { shortLinkOf } from '../../../session/url/shortLink';
import { DesignName } from '../../controls/DesignName';
import { CommandButton } from '../../controls/CommandButton';
import buttons from '../../controls/controls.module.css';
import { withUnbrokenParts } from '../../controls/withUnbrokenParts';
import { useSession } from '../../useSession';
import { BlackScreen } from './BlackScreen';
import { EndCard } from './EndCard';
import { LaserPointer } from './LaserPointer';
import styles from './PresenterBar.module.css';
import { QrLink } from './QrLink';

/** The caption in presentation mode and its controls; over the stage the link, the pointer, the black screen and the end card. */
export function PresenterBar() {
  const run = useSession((state) => state.run);
  const { screen, pointer, link } = useSession((state) => state.presentation);
  const text = useSession(presentedCaption);
  const earlier = useSession(({ run: now, presentation: { captionDepth } }) =>
    captionDepth !== undefined && captionDepth >= now.cursor
      ? undefined
      : earlierCaption({ run: now }),
  );
  const captions = useSession(branchCaptions);
  const snapshot = useSession(currentSnapshot);
  const violation = snapshot.violations[0];
  const refused = snapshot.events.some(({ template }) => template.kind === 'fail');
  const end = currentBranch(run).tip.depth;
  const atEnd = run.cursor === end;
  // Where Next stops: at each caption, and at the end of the run.
  const stops = captions.flatMap((each, depth) => (each || depth === end ? [depth] : []));
  return (
    <section
      className={styles.present}
      aria-label="Caption"
      data-tone={violation ? 'violation' : refused ? 'refused' : undefined}
    >
      <h1 className={buttons.hidden}>VFIO playground</h1>
      {link && <LinkToStep />}
      <div className={styles.caption}>
        <p
          className={styles.captionText}
          data-step={!violation && earlier !== undefined ? '' : undefined}
        >
          {withUnbrokenParts(
            violation
              ? violationSentence(violation)
              : run.cursor === 0
                ? run.setup.scenario.title
                : earlier === undefined
                  ? (text ?? run.setup.scenario.title)
                  : stepSentence(snapshot),
          )}
        </p>
        <p className={styles.step}>
          {snapshot.step && <code>{snapshot.step.id}</code>}
          {withUnbrokenParts(
            run.cursor === 0
              ? designTitle(run.setup.design, run.setup.scenario.options)
              : violation || earlier === undefined
                ? `${eventText(snapshot)}. `
                : '',
          )}
          {earlier !== undefined && withUnbrokenParts(`Earlier: ${earlier} `)}
          {atEnd && run.cursor > 0 ? 'End of the run.' : ''}
        </p>
      </div>
      <footer>
        <p className={styles.count}>
          {captions.some((each) => each)
            ? `${stops.filter((depth) => depth <= run.cursor).length} of ${stops.length}`
            : `step ${run.cursor}`}
          <DesignName />
        </p>
        <Controls />
      </footer>
      {screen === 'end' && <EndCard />}
      {pointer && <LaserPointer />}
      {screen === 'black' && <BlackScreen />}
    </section>
  );
}

function LinkToStep() {
  const address = useSession((state) => shortLinkOf(state) ?? permalinkOf(state));
  return (
    <section className={styles.extra} aria-label="Link to this step">
      <QrLink link={location.href.replace(/[?#].*$/s, '') + address} label="link to this step" />
      <p>It opens at this step. It does not follow the presentation.</p>
    </section>
  );
}

/** How long the controls stay after the mouse has moved, ms. */
const CONTROLS_MS = 2000;

/** The controls beside the counter: there after a move of the mouse and with the keyboard focus, else only their room. */
function Controls() {
  const { pointer, link } = useSession((state) => state.presentation);
  const focus = useSession((state) => state.settings.focus);
  const [mouseMoved, setMouseMoved] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => setMouseMoved(false), CONTROLS_MS);
      setMouseMoved(true);
    };
    document.addEventListener('pointermove', show, { passive: true });
    return () => {
      clearTimeout(timer);
      document.removeEventListener('pointermove', show);
    };
  }, []);
  return (
    <div
      role="group"
      aria-label="Presentation"
      className={styles.controls}
      data-shown={mouseMoved ? '' : undefined}
      // A click does not keep them in view as the keyboard focus does.
      onMouseDown={(event) => event.preventDefault()}
    >
      <CommandButton
        command="present-back"
        icon="start"
        title="Back to the previous caption"
        variant="plain"
      />
      <CommandButton
        command="present-step-back"
        icon="back"
        title="Back one step"
        variant="plain"
      />
      <CommandButton command="present-step" icon="forward" title="Next step" variant="plain" />
      <CommandButton command="present-next" text="Next" title="Next caption" variant="primary" />
      <CommandButton
        command="focus"
        text="Whole graph"
        title={focus ? 'Show the whole graph' : 'Show the current step'}
        pressed={!focus}
      />
      <CommandButton command="present-pointer" text="Pointer" pressed={pointer} />
      <CommandButton command="present-black" text="Black" />
      <CommandButton command="present-notes" text="Notes" />
      <CommandButton command="present-link" text="Link" pressed={link} />
      <CommandButton command="present-leave" text="Leave" title="Leave the presentation" />
    </div>
  );
}
