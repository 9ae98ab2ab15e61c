import { useEffect, useId, useRef, useState } from 'react';
import {
  firstQuestion,
  questionAfter,
  type QuizQuestion,
} from '../../../session/quiz/quizQuestions';
import type { Session } from '../../../session/store/session';
import { Icon } from '../../controls/Icon';
import buttons from '../../controls/controls.module.css';
import { useSession, useSessionStore } from '../../useSession';
import { AnswerButtons } from './AnswerButtons';
import styles from './QuizCard.module.css';
import { AnswerFeedback } from './AnswerFeedback';
import { dispatch } from '../../../session/actions/dispatch';

const HINTS: Readonly<Record<QuizQuestion['kind'], string>> = {
  task: 'Only one of them leads there. After your answer you can watch the other order, on a branch of its own.',
  return:
    'Look at the stage: what does the call find on its way? The run goes on once you have answered.',
  wait: 'Look at the locks and counts on the stage. The run goes on once you have answered.',
};

interface QuizScore {
  readonly correct: number;
  readonly asked: number;
}

/** A question, and the branch that it is about. */
interface AskedQuestion {
  readonly question: QuizQuestion;
  readonly branch: number;
}

/** Asks what comes next before it is shown. */
export function QuizCard() {
  const session = useSessionStore();
  const setup = useSession((state) => state.run.setup);
  return (
    <QuizRound
      key={`${setup.libraryId ?? setup.scenario.title} ${setup.design.id} ${JSON.stringify(setup.scenario.options)}`}
      session={session}
    />
  );
}

function askOnCurrentBranch(
  session: Session,
  question: QuizQuestion | undefined,
): AskedQuestion | undefined {
  return question && { question, branch: session.getState().run.branchId };
}

function QuizRound({ session }: { readonly session: Session }) {
  const [asked, setAsked] = useState(() =>
    askOnCurrentBranch(session, firstQuestion(session.getState(), session.getState().run.cursor)),
  );
  const [answer, setAnswer] = useState<string | undefined>(undefined);
  const [score, setScore] = useState<QuizScore>({ correct: 0, asked: 0 });
  const card = useRef<HTMLElement>(null);
  const about = useId();
  useEffect(() => {
    dispatch(session, 'begin-quiz');
    const opener = document.activeElement;
    const listen = (event: KeyboardEvent): void => {
      if (
        event.key === 'Escape' &&
        !event.defaultPrevented &&
        !document.querySelector(':popover-open')
      )
        dispatch(session, 'close-dialog');
    };
    document.addEventListener('keydown', listen);
    return () => {
      document.removeEventListener('keydown', listen);
      if (opener instanceof HTMLElement && opener.isConnected)
        opener.focus({ preventScroll: true });
    };
  }, [session]);
  useEffect(() => {
    if (asked) dispatch(session, 'seek', { depth: asked.question.askDepth });
    card.current?.querySelector<HTMLElement>('[data-first]')?.focus({ preventScroll: true });
  }, [session, asked]);
  const say = (
    choice: string,
    { question: { correctChoice: right, answerDepth: depth }, question, branch }: AskedQuestion,
  ): void => {
    setAnswer(choice);
    setScore(({ correct: sum, asked: count }) => ({
      correct: sum + (choice === right ? 1 : 0),
      asked: count + 1,
    }));
    dispatch(session, 'return-to-question', { question, branch });
    dispatch(session, 'seek', { depth });
  };
  const ask = (next: () => QuizQuestion | undefined): void => {
    if (asked) dispatch(session, 'return-to-question', asked);
    setAnswer(undefined);
    setAsked(askOnCurrentBranch(session, next()));
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
          {score.correct} of {score.asked} right
        </output>
        <button
          type="button"
          className={`${buttons.button} ${buttons.quiet} ${buttons.icon}`}
          aria-label="Stop predicting"
          onClick={() => dispatch(session, 'close-dialog')}
        >
          <Icon name="close" />
        </button>
      </div>
      {asked ? (
        <>
          <p id={about} className={styles.question}>
            {asked.question.text}
          </p>
          <AnswerButtons
            questionId={about}
            question={asked.question}
            answer={answer}
            onAnswer={(choice) => say(choice, asked)}
          />
          {answer === undefined ? (
            <p className={styles.hint}>{HINTS[asked.question.kind]}</p>
          ) : (
            <AnswerFeedback
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
                dispatch(session, 'reset');
                ask(() => firstQuestion(session.getState(), 0));
              }}
            >
              From the beginning
            </button>
            <button
              type="button"
              className={buttons.button}
              onClick={() => dispatch(session, 'library')}
            >
              Another scenario
            </button>
          </div>
        </>
      )}
    </section>
  );
}
