import { useEffect, useRef } from 'react';
import type { QuizQuestion } from '../../../session/quiz/quizQuestions';
import type { AlternativeSchedule, TaskQuestion } from '../../../session/quiz/taskQuestion';
import { dispatch } from '../../../session/actions/dispatch';
import { Icon } from '../../controls/Icon';
import buttons from '../../controls/controls.module.css';
import { confidenceText } from '../../panels/confidenceText';
import { useSession, useSessionStore } from '../../useSession';
import styles from './QuizCard.module.css';

interface AnswerFeedbackProps {
  readonly question: QuizQuestion;
  /** Id of the branch that it is about. */
  readonly branch: number;
  readonly answer: string;
  readonly onNext: () => void;
}

/** Whether the answer was correct and why, with the next actions. */
export function AnswerFeedback({ question, branch, answer, onNext }: AnswerFeedbackProps) {
  const next = useRef<HTMLButtonElement>(null);
  useEffect(() => next.current?.focus({ preventScroll: true }), []);
  const { correctChoice, reason, step } = question;
  const alternatives =
    question.kind === 'task'
      ? question.alternatives.filter(({ task }) => answer === correctChoice || task === answer)
      : [];
  return (
    <div className={styles.answered}>
      <div
        role="status"
        tabIndex={0}
        className={styles.verdict}
        data-correct={answer === correctChoice ? '' : undefined}
      >
        <b>
          {answer === correctChoice ? 'Correct.' : `Incorrect. The answer is ${correctChoice}.`}
        </b>{' '}
        {reason}
        {alternatives.map(({ task, text }) => (
          <p key={task}>{text}</p>
        ))}
        {step && (
          <cite>
            <code>{step.id}</code> {step.title}
            {/[.?!]$/.test(step.title) ? '' : '.'} {step.cite}
            {step.confidence === 'MINE' ? ` (${confidenceText(step.confidence)})` : ''}
          </cite>
        )}
      </div>
      <div className={styles.actions}>
        <button
          ref={next}
          type="button"
          className={`${buttons.button} ${buttons.primary}`}
          onClick={onNext}
        >
          Next question
        </button>
        {question.kind === 'task' && alternatives[0] && (
          <AlternativeButton question={question} alternative={alternatives[0]} branch={branch} />
        )}
      </div>
    </div>
  );
}

/** Shows the alternative schedule on a branch, and returns to the question. */
function AlternativeButton({
  question,
  alternative,
  branch,
}: {
  readonly question: TaskQuestion;
  readonly alternative: AlternativeSchedule;
  readonly branch: number;
}) {
  const session = useSessionStore();
  const onOtherBranch = useSession((state) => state.run.branchId !== branch);
  return (
    <button
      type="button"
      className={buttons.button}
      onClick={() =>
        onOtherBranch
          ? dispatch(session, 'return-to-question', { question, branch })
          : dispatch(session, 'show-alternative', { question, alternative, branch })
      }
    >
      <Icon name={onOtherBranch ? 'back' : 'branch'} size={14} />
      {onOtherBranch ? 'Return to the run' : `Show ${alternative.task} first`}
    </button>
  );
}
