import { useEffect, useRef } from 'react';
import type { QuizQuestion } from '../../../session/quiz/quizQuestions';
import type { AlternativeSchedule, TaskQuestion } from '../../../session/quiz/taskQuestion';
import { dispatch } from '../../../session/actions/dispatch';
import { Icon } from '../../controls/Icon';
import buttons from '../../controls/controls.module.css';
import { useSession, useSessionStore } from '../../useSession';
import styles from './QuizCard.module.css';

interface AnswerFeedbackProps {
  readonly question: QuizQuestion;
  /** The branch that it is about. */
  readonly branch: number;
  readonly answer: string;
  readonly onNext: () => void;
}

/** Whether it was right, why, and the way on. */
export function AnswerFeedback({ question, branch, answer, onNext }: AnswerFeedbackProps) {
  const next = useRef<HTMLButtonElement>(null);
  useEffect(() => next.current?.focus({ preventScroll: true }), []);
  const { correctChoice: right, reason, step } = question;
  const others =
    question.kind === 'task'
      ? question.alternatives.filter(({ task }) => answer === right || task === answer)
      : [];
  return (
    <div className={styles.answered}>
      <div
        role="status"
        tabIndex={0}
        className={styles.verdict}
        data-right={answer === right ? '' : undefined}
      >
        <b>{answer === right ? 'Right.' : `Not this time: ${right}.`}</b> {reason}
        {others.map(({ task, text }) => (
          <p key={task}>{text}</p>
        ))}
        {step && (
          <cite>
            <code>{step.id}</code> {step.title}
            {/[.?!]$/.test(step.title) ? '' : '.'} {step.cite}
            {step.confidence === 'MINE' ? ' Found by reading, unconfirmed.' : ''}
          </cite>
        )}
      </div>
      <div className={styles.on}>
        <button
          ref={next}
          type="button"
          className={`${buttons.button} ${buttons.primary}`}
          onClick={onNext}
        >
          Next question
        </button>
        {question.kind === 'task' && others[0] && (
          <AlternativeButton question={question} way={others[0]} branch={branch} />
        )}
      </div>
    </div>
  );
}

/** Shows the other way on the stage, on a branch of its own, and leads back. */
function AlternativeButton({
  question,
  way,
  branch,
}: {
  readonly question: TaskQuestion;
  readonly way: AlternativeSchedule;
  readonly branch: number;
}) {
  const session = useSessionStore();
  const away = useSession((state) => state.run.branchId !== branch);
  return (
    <button
      type="button"
      className={buttons.button}
      onClick={() =>
        away
          ? dispatch(session, 'return-to-question', { question, branch })
          : dispatch(session, 'show-alternative', { question, alternative: way, branch })
      }
    >
      <Icon name={away ? 'back' : 'branch'} size={14} />
      {away ? 'Back to the run' : `See ${way.task} go first`}
    </button>
  );
}
