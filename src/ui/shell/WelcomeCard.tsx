import { useEffect, useState } from 'react';
import { DESIGN_METAS, designLabel } from '../../designs/catalog';
import { dispatch } from '../../session/actions/dispatch';
import { narration } from '../../session/queries/captions';
import { raceAnswer } from '../../session/queries/welcome';
import type { Session } from '../../session/store/session';
import { currentSnapshot } from '../../session/trace/replay';
import { currentBranch } from '../../session/trace/run';
import { enabledTasks } from '../../session/trace/scheduler';
import { violationSentence } from '../../session/trace/snapshotText';
import { CommandButton } from '../controls/CommandButton';
import buttons from '../controls/controls.module.css';
import { Term, TextWithTerms } from '../controls/Term';
import { useSession, useSessionStore } from '../useSession';
import styles from './WelcomeCard.module.css';

/** The first screen: one question, the designs as its answers, and one button that plays the race. */
export function WelcomeCard() {
  const session = useSessionStore();
  const design = useSession((state) => state.run.setup.design.id);
  const cursor = useSession((state) => state.run.cursor);
  const end = useSession((state) => currentBranch(state.run).tip.depth);
  const playing = useSession((state) => state.settings.playing);
  const caption = useSession(narration);
  const violation = useSession((state) => currentSnapshot(state).violations[0]);
  const isOver = useSession(
    (state) => state.run.cursor === end && enabledTasks(currentSnapshot(state)).length === 0,
  );
  const answers = useAnswers(design, useSession(raceAnswer));
  const designs = DESIGN_METAS.map((meta) => ({
    ...meta,
    text: answers.get(meta.id) ?? meta.summary,
  }));
  const at = designs.findIndex(({ id }) => id === design);
  const chosen = designs[at];
  const nextDesign = designs[(at + 1) % designs.length];
  return (
    <section className={styles.card} aria-label="Welcome">
      <div className={styles.question}>
        <h2>Two processes want one device. Who stops the second one, and where?</h2>
        {cursor === 0 ? (
          <p className={styles.intro}>
            <Term of="VFIO" /> gives a program direct access to a device. The program opens its{' '}
            <Term of="cdev" /> and <Term of="bind">binds</Term> it to an <Term of="iommufd" />,
            which limits the memory that the device can reach.
          </p>
        ) : (
          <p className={styles.caption} data-violation={violation ? '' : undefined}>
            <TextWithTerms text={violation ? violationSentence(violation) : (caption ?? '')} />
          </p>
        )}
      </div>
      <div className={styles.actions} data-started={cursor > 0 || playing ? '' : undefined}>
        <div className={styles.steps} role="group" aria-label="Steps">
          <CommandButton command="back" icon="back" title="Step back" />
          <CommandButton command="forward" icon="forward" title="Step forward" />
          <output aria-label="Step">
            {cursor} / {end}
          </output>
        </div>
        {isOver ? (
          <button
            type="button"
            className={`${buttons.button} ${buttons.primary}`}
            data-tooltip={`Race in: ${nextDesign?.title ?? ''}`}
            onClick={() => {
              if (nextDesign) dispatch(session, 'switch-design', { design: nextDesign.id });
              dispatch(session, 'reset');
              dispatch(session, 'play', {});
            }}
          >
            Next design
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
        <CommandButton command="tour" text="Guided tour" variant="plain" />
      </div>
      <fieldset className={styles.choice}>
        <legend className={buttons.hidden}>In which design?</legend>
        {designs.map(({ id, title, shortTitle = title, text }) => (
          <label key={id}>
            <input
              type="radio"
              name="welcome-design"
              aria-label={designLabel(shortTitle, { title, name: id })}
              checked={id === design}
              onChange={() => dispatch(session, 'switch-design', { design: id })}
            />
            <b>
              <TextWithTerms text={title} />
            </b>
            <small aria-hidden="true">{shortTitle}</small>
            <span>{text}</span>
          </label>
        ))}
      </fieldset>
      {chosen && (
        <p className={styles.answer}>
          <b>
            <TextWithTerms text={chosen.title} />.
          </b>{' '}
          {chosen.text}
        </p>
      )}
    </section>
  );
}

/** The answers of a session: the tour and other views take the card away, and it comes back with them. */
const answersOfSession = new WeakMap<Session, ReadonlyMap<string, string>>();

/** What each design that has raced answered. */
function useAnswers(design: string, answer: string | undefined): ReadonlyMap<string, string> {
  const session = useSessionStore();
  const [answers, setAnswers] = useState(() => answersOfSession.get(session) ?? new Map());
  useEffect(() => {
    answersOfSession.set(session, answers);
  }, [session, answers]);
  if (answer !== undefined && answers.get(design) !== answer)
    setAnswers(new Map(answers).set(design, answer));
  return answers;
}
