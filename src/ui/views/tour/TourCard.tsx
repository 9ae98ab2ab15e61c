import { useEffect, useRef } from 'react';
import { TOUR_STOPS } from '../../../scenario/library/tour';
import { CommandButton } from '../../controls/CommandButton';
import { Icon } from '../../controls/Icon';
import buttons from '../../controls/controls.module.css';
import { useSession, useSessionStore } from '../../useSession';
import styles from './TourCard.module.css';
import { dispatch } from '../../../session/actions/dispatch';

/** The current stop of the tour, with its navigation. */
export function TourCard() {
  const session = useSessionStore();
  const stopIndex = useSession((state) => state.layout.tourStop);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    return () => {
      requestAnimationFrame(() => restoreFocus(opener));
    };
  }, []);
  useEffect(() => heading.current?.focus({ preventScroll: true }), [stopIndex]);
  const stop = TOUR_STOPS[stopIndex ?? -1];
  if (!stop || stopIndex === undefined) return undefined;
  const isLast = stopIndex === TOUR_STOPS.length - 1;
  const leaveAnd = (next: () => void) => () => {
    dispatch(session, 'tour-leave');
    next();
  };
  return (
    <section className={styles.card} aria-label="Tour">
      <div className={styles.text}>
        <h2 ref={heading} tabIndex={-1}>
          {stop.title}
        </h2>
        <p>{stop.text}</p>
      </div>
      <button
        type="button"
        className={`${buttons.button} ${buttons.quiet} ${buttons.icon} ${styles.close}`}
        aria-label="Leave the tour"
        onClick={() => dispatch(session, 'tour-leave')}
      >
        <Icon name="close" />
      </button>
      {isLast && (
        <div className={styles.nextActions} role="group" aria-label="Next actions">
          <button
            type="button"
            className={buttons.button}
            onClick={() => {
              // The check is about the run of this stop, so that stays.
              dispatch(session, 'set-layout', { tourStop: undefined });
              dispatch(session, 'check');
            }}
          >
            Check interleavings
          </button>
          <button
            type="button"
            className={buttons.button}
            onClick={leaveAnd(() => dispatch(session, 'library'))}
          >
            Choose a scenario
          </button>
          <button
            type="button"
            className={buttons.button}
            onClick={leaveAnd(() => dispatch(session, 'verdicts'))}
          >
            Show the verdicts
          </button>
        </div>
      )}
      <footer>
        <ol className={styles.dots} aria-label="Stops">
          {TOUR_STOPS.map(({ title }, i) => (
            <li key={title}>
              <button
                type="button"
                aria-label={`${i + 1}: ${title}`}
                aria-current={i === stopIndex ? 'step' : undefined}
                onClick={() => dispatch(session, 'tour-stop', { stop: i })}
              />
            </li>
          ))}
        </ol>
        <span className={styles.count}>
          {stopIndex + 1} of {TOUR_STOPS.length}
        </span>
        <CommandButton
          command="tour-back"
          text="Back"
          title="Back to the previous stop"
          variant="plain"
        />
        {!isLast && (
          <CommandButton command="tour-next" text="Next" title="Next stop" variant="primary" />
        )}
        {isLast && (
          <button
            type="button"
            className={`${buttons.button} ${buttons.primary}`}
            onClick={() => dispatch(session, 'tour-leave')}
          >
            Done
          </button>
        )}
      </footer>
    </section>
  );
}

/** Restores the focus from before the tour. The tour replaces the caption bar, so a button of it no longer exists. */
function restoreFocus(opener: Element | null): void {
  if (document.activeElement !== document.body) return;
  const target =
    opener !== document.body && opener?.isConnected === true
      ? opener
      : [
          ...document.querySelectorAll(
            ':is([aria-label="Caption"], [aria-label="Welcome"]) button',
          ),
        ].find((each) => each.checkVisibility({ visibilityProperty: true }));
  if (target instanceof HTMLElement) target.focus({ preventScroll: true });
}
