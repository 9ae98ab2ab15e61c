import { useEffect, useId, useRef, useState } from 'react';
import { dispatch } from '../../../session/actions/dispatch';
import {
  firstQuestion,
  questionAfter,
  type QuizQuestion,
} from '../../../session/quiz/quizQuestions';
import type { Session } from '../../../session/store/session';
import { isPopoverOpen } from '../../controls/hotkeys';
import { Icon } from '../../controls/Icon';
import buttons from '../../controls/controls.module.css';
import { useSession, useSessionStore } from '../../useSession';
import { AnswerButtons } from './AnswerButtons';
import styles from './QuizCard.module.css';
import { AnswerFeedback } from './AnswerFeedback';

const HINTS: Readonly<Record<QuizQuestion['kind'], string>> = {
  task: 'Only one task leads there. After your answer you can play the other order on a branch.',
  return: 'Look at the stage: what does the call read? The run continues after your answer.',
  wait: 'Look at the locks and refcounts on the stage. The run continues after your answer.',
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

/** Asks what the next steps do before it shows them. */
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
  const questionId = useId();
  useEffect(() => {
    dispatch(session, 'begin-quiz');
    const opener = document.activeElement;
    const listen = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !event.defaultPrevented && !isPopoverOpen())
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
  const giveAnswer = (choice: string, { question, branch }: AskedQuestion): void => {
    setAnswer(choice);
    setScore((previous) => ({
      correct: previous.correct + (choice === question.correctChoice ? 1 : 0),
      asked: previous.asked + 1,
    }));
    dispatch(session, 'return-to-question', { question, branch });
    dispatch(session, 'seek', { depth: question.answerDepth });
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
      aria-label="Quiz"
      data-question-kind={asked?.question.kind}
    >
      <div className={styles.head}>
        <h2>Quiz</h2>
        <output aria-label="Score">
          {score.asked > 0 && `${score.correct} of ${score.asked} correct`}
        </output>
        <button
          type="button"
          className={`${buttons.button} ${buttons.quiet} ${buttons.icon}`}
          aria-label="Close the quiz"
          onClick={() => dispatch(session, 'close-dialog')}
        >
          <Icon name="close" />
        </button>
      </div>
      {asked ? (
        <>
          <p id={questionId} className={styles.question}>
            {asked.question.text}
          </p>
          <AnswerButtons
            questionId={questionId}
            question={asked.question}
            answer={answer}
            onAnswer={(choice) => giveAnswer(choice, asked)}
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
              ? 'No more questions in this run.'
              : 'There is nothing to ask after this step. Start over asks from the first step.'}
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
              Start over
            </button>
            <button
              type="button"
              className={buttons.button}
              onClick={() => dispatch(session, 'library')}
            >
              Choose another scenario
            </button>
          </div>
        </>
      )}
    </section>
  );
}
