import { useState } from 'react';
import { DESIGN_METAS } from '../../designs/catalog';
import { dispatch } from '../../session/actions/dispatch';
import { narration } from '../../session/queries/captions';
import { firstRefusal } from '../../session/queries/welcome';
import { currentSnapshot } from '../../session/trace/replay';
import { currentBranch } from '../../session/trace/run';
import { enabledTasks } from '../../session/trace/scheduler';
import { CommandButton } from '../controls/CommandButton';
import buttons from '../controls/controls.module.css';
import { Term } from '../controls/Term';
import { useSession, useSessionStore } from '../useSession';
import styles from './WelcomeCard.module.css';

/** The first screen: one question, the designs as its answers, and one button that plays the race. */
export function WelcomeCard() {
  const session = useSessionStore();
  const design = useSession((state) => state.run.setup.design.id);
  const cursor = useSession((state) => state.run.cursor);
  const playing = useSession((state) => state.settings.playing);
  const caption = useSession(narration);
  const answer = useSession(firstRefusal);
  const isOver = useSession(
    (state) =>
      state.run.cursor === currentBranch(state.run).tip.depth &&
      enabledTasks(currentSnapshot(state)).length === 0,
  );
  const answers = useAnswers(design, answer);
  return (
    <section
      className={styles.card}
      aria-label="Welcome"
      data-started={cursor > 0 && !isOver ? '' : undefined}
    >
      <div className={styles.question}>
        <h2>Two processes want one device. Who stops the second one, and where?</h2>
        {cursor === 0 ? (
          <p className={styles.intro}>
            <Term of="VFIO" /> gives a program direct access to a device. The program opens the
            device and <Term of="bind">binds</Term> it to an <Term of="iommufd" />, which limits the
            memory that the device can reach.
          </p>
        ) : (
          <p className={styles.caption}>{caption}</p>
        )}
      </div>
      <div className={styles.actions}>
        {isOver ? (
          <button
            type="button"
            className={`${buttons.button} ${buttons.primary}`}
            onClick={() => {
              dispatch(session, 'reset');
              dispatch(session, 'play', {});
            }}
          >
            Race again
          </button>
        ) : (
          <CommandButton
            command="play-pause"
            icon={playing ? 'pause' : 'play'}
            text={playing ? 'Pause' : cursor === 0 ? 'Race them' : 'Continue'}
            title={playing ? 'Pause' : cursor === 0 ? 'Race them' : 'Continue'}
            variant="primary"
          />
        )}
        <button type="button" className={buttons.button} onClick={() => dispatch(session, 'stage')}>
          Explore on your own
        </button>
        <CommandButton command="tour" text="90-second tour" variant="plain" />
      </div>
      <fieldset className={styles.choice}>
        <legend className={buttons.hidden}>In which design?</legend>
        {DESIGN_METAS.map(({ id, title, summary }) => (
          <label key={id}>
            <input
              type="radio"
              name="welcome-design"
              checked={id === design}
              onChange={() => dispatch(session, 'switch-design', { design: id })}
            />
            <b>{title}</b>
            <span>{answers.get(id) ?? summary}</span>
          </label>
        ))}
      </fieldset>
    </section>
  );
}

/** What each design that has raced answered. */
function useAnswers(design: string, answer: string | undefined): ReadonlyMap<string, string> {
  const [answers, setAnswers] = useState<ReadonlyMap<string, string>>(new Map());
  if (answer !== undefined && answers.get(design) !== answer)
    setAnswers(new Map(answers).set(design, answer));
  return answers;
}
