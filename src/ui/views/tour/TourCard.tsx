import { useEffect, useRef } from 'react';
import { TOUR_STOPS } from '../../../scenario/library/tour';
import { CommandButton } from '../../controls/CommandButton';
import { Icon } from '../../controls/Icon';
import buttons from '../../controls/controls.module.css';
import { useSession, useSessionStore } from '../../useSession';
import styles from './TourCard.module.css';
import { dispatch } from '../../../session/actions/dispatch';

/** What the tour says of the moment on the stage, and the way on. */
export function TourCard() {
  const session = useSessionStore();
  const at = useSession((state) => state.layout.tourStop);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    return () => {
      requestAnimationFrame(() => restoreFocus(opener));
    };
  }, []);
  useEffect(() => heading.current?.focus({ preventScroll: true }), [at]);
  const stop = TOUR_STOPS[at ?? -1];
  if (!stop || at === undefined) return undefined;
  const last = at === TOUR_STOPS.length - 1;
  const end = (next: () => void) => () => {
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
      {last && (
        <div className={styles.ends} role="group" aria-label="Where to go from here">
          <button
            type="button"
            className={buttons.button}
            onClick={end(() => dispatch(session, 'check'))}
          >
            Check every interleaving
          </button>
          <button
            type="button"
            className={buttons.button}
            onClick={end(() => dispatch(session, 'library'))}
          >
            Pick a scenario
          </button>
          <button
            type="button"
            className={buttons.button}
            onClick={end(() => dispatch(session, 'verdicts'))}
          >
            Compare the verdicts
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
                aria-current={i === at ? 'step' : undefined}
                onClick={() => dispatch(session, 'tour-stop', { stop: i })}
              />
            </li>
          ))}
        </ol>
        <span className={styles.count}>
          {at + 1} of {TOUR_STOPS.length}
        </span>
        <CommandButton
          command="tour-back"
          text="Back"
          title="Back one stop"
          variant="plain"
          tooltipSide="above"
        />
        {!last && (
          <CommandButton
            command="tour-next"
            text="Next"
            title="Next stop"
            variant="primary"
            tooltipSide="above"
          />
        )}
        {last && (
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

/** To where it was before the tour; what stood in the tour's place then is another one now. */
function restoreFocus(opener: Element | null): void {
  if (document.activeElement !== document.body) return;
  const back =
    opener !== document.body && opener?.isConnected === true
      ? opener
      : document.querySelector('[aria-label="Story"] button');
  if (back instanceof HTMLElement) back.focus({ preventScroll: true });
}
