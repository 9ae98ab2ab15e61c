import { useEffect, useRef } from 'react';
import { COMMANDS } from '../../../session/actions/commands';
import { TOUR_STOPS } from '../../../scenario/library/tour';
import { leaveTour, showTourStop } from '../../../session/actions/tour';
import { CommandButton } from '../../controls/CommandButton';
import { Icon } from '../../controls/Icon';
import buttons from '../../controls/controls.module.css';
import { useSession, useSessionStore } from '../../useSession';
import styles from './TourCard.module.css';

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
    leaveTour(session);
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
        onClick={() => leaveTour(session)}
      >
        <Icon name="close" />
      </button>
      {last && (
        <div className={styles.ends} role="group" aria-label="Where to go from here">
          <button
            type="button"
            className={buttons.button}
            onClick={end(() => COMMANDS.check.run(session))}
          >
            Check every interleaving
          </button>
          <button
            type="button"
            className={buttons.button}
            onClick={end(() => COMMANDS.library.run(session))}
          >
            Pick a scenario
          </button>
          <button
            type="button"
            className={buttons.button}
            onClick={end(() => COMMANDS.verdicts.run(session))}
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
                onClick={() => showTourStop(session, i, false)}
              />
            </li>
          ))}
        </ol>
        <span className={styles.count}>
          {at + 1} of {TOUR_STOPS.length}
        </span>
        <CommandButton
          command={COMMANDS.tourBack}
          text="Back"
          title="Back one stop"
          variant="plain"
          tooltipSide="above"
        />
        {!last && (
          <CommandButton
            command={COMMANDS.tourNext}
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
            onClick={() => leaveTour(session)}
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
