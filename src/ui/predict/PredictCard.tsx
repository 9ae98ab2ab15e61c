import { useEffect, useId, useRef, useState } from 'react';
import { showDialog } from '../../session/arrange';
import { commit } from '../../session/history';
import { reset, seek } from '../../session/moves';
import { firstQuestion, questionAfter, type Question } from '../../session/predict';
import type { Session } from '../../session/session';
import { pause } from '../../session/transport';
import { backFrom } from '../../session/tryOut';
import { Icon } from '../controls/Icon';
import buttons from '../controls/controls.module.css';
import { useSession, useSessionStore } from '../useSession';
import { Answers } from './Answers';
import styles from './PredictCard.module.css';
import { Verdict } from './Verdict';

const HINTS: Readonly<Record<Question['kind'], string>> = {
  task: 'Only one of them leads there. After your answer you can watch the other order, on a branch of its own.',
  return:
    'Look at the stage: what does the call find on its way? The run goes on once you have answered.',
  wait: 'Look at the locks and counts on the stage. The run goes on once you have answered.',
};

interface Score {
  readonly right: number;
  readonly asked: number;
}

/** A question, and the branch that it is about. */
interface Asked {
  readonly question: Question;
  readonly branch: number;
}

/** Asks what comes next before it is shown. */
export function PredictCard() {
  const session = useSessionStore();
  const setup = useSession((state) => state.run.setup);
  return (
    <Quiz
      key={`${setup.id ?? setup.scenario.title} ${setup.design.id} ${JSON.stringify(setup.scenario.options)}`}
      session={session}
    />
  );
}

function asking(session: Session, question: Question | undefined): Asked | undefined {
  return question && { question, branch: session.getState().run.branch };
}

function Quiz({ session }: { readonly session: Session }) {
  const [asked, setAsked] = useState(() =>
    asking(session, firstQuestion(session.getState(), session.getState().run.cursor)),
  );
  const [answer, setAnswer] = useState<string | undefined>(undefined);
  const [score, setScore] = useState<Score>({ right: 0, asked: 0 });
  const card = useRef<HTMLElement>(null);
  const about = useId();
  useEffect(() => {
    pause(session);
    commit(
      session,
      session.getState().run,
      'prediction',
      'Predict: a question before the next step',
    );
    const opener = document.activeElement;
    const listen = (event: KeyboardEvent): void => {
      if (
        event.key === 'Escape' &&
        !event.defaultPrevented &&
        !document.querySelector(':popover-open')
      )
        showDialog(session, undefined);
    };
    document.addEventListener('keydown', listen);
    return () => {
      document.removeEventListener('keydown', listen);
      if (opener instanceof HTMLElement && opener.isConnected)
        opener.focus({ preventScroll: true });
    };
  }, [session]);
  useEffect(() => {
    if (asked) seek(session, asked.question.ask);
    card.current?.querySelector<HTMLElement>('[data-first]')?.focus({ preventScroll: true });
  }, [session, asked]);
  const say = (
    choice: string,
    { question: { right, answer: depth }, question, branch }: Asked,
  ): void => {
    setAnswer(choice);
    setScore(({ right: sum, asked: count }) => ({
      right: sum + (choice === right ? 1 : 0),
      asked: count + 1,
    }));
    backFrom(session, question, branch);
    seek(session, depth);
  };
  const ask = (next: () => Question | undefined): void => {
    if (asked) backFrom(session, asked.question, asked.branch);
    setAnswer(undefined);
    setAsked(asking(session, next()));
  };
  return (
    <section
      ref={card}
      className={styles.card}
      role="dialog"
      aria-label="Predict"
      data-asks={asked?.question.kind}
    >
      <div className={styles.head}>
        <h2>Predict</h2>
        <output aria-label="Score">
          {score.right} of {score.asked} right
        </output>
        <button
          type="button"
          className={`${buttons.button} ${buttons.quiet} ${buttons.icon}`}
          aria-label="Stop predicting"
          onClick={() => showDialog(session, undefined)}
        >
          <Icon name="close" />
        </button>
      </div>
      {asked ? (
        <>
          <p id={about} className={styles.question}>
            {asked.question.text}
          </p>
          <Answers
            about={about}
            question={asked.question}
            answer={answer}
            onAnswer={(choice) => say(choice, asked)}
          />
          {answer === undefined ? (
            <p className={styles.hint}>{HINTS[asked.question.kind]}</p>
          ) : (
            <Verdict
              question={asked.question}
              branch={asked.branch}
              answer={answer}
              onNext={() => ask(() => questionAfter(session.getState(), asked.question))}
            />
          )}
        </>
      ) : (
        <>
          <p className={styles.question}>
            {score.asked > 0
              ? 'That was the last question of this run.'
              : 'Nothing ahead on this branch is worth a question.'}
          </p>
          <div className={styles.choices}>
            <button
              type="button"
              className={`${buttons.button} ${buttons.primary}`}
              data-first=""
              onClick={() => {
                reset(session);
                ask(() => firstQuestion(session.getState(), 0));
              }}
            >
              From the beginning
            </button>
            <button
              type="button"
              className={buttons.button}
              onClick={() => showDialog(session, 'library')}
            >
              Another scenario
            </button>
          </div>
        </>
      )}
    </section>
  );
}
