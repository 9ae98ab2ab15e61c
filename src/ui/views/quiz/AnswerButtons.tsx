import type { CSSProperties } from 'react';
import { processOf } from '../../../kernel/language/world';
import { currentSnapshot } from '../../../session/trace/replay';
import type { QuizQuestion } from '../../../session/quiz/quizQuestions';
import { Icon } from '../../controls/Icon';
import buttons from '../../controls/controls.module.css';
import { processColour } from '../../processColour';
import { ProcessMark } from '../../controls/ProcessMark';
import { useSession } from '../../useSession';
import styles from './QuizCard.module.css';

interface AnswerButtonsProps {
  /** Id of what says the question: it is told with the answers, where the focus goes. */
  readonly questionId: string;
  readonly question: QuizQuestion;
  readonly answer: string | undefined;
  readonly onAnswer: (choice: string) => void;
}

/** What may be answered; a task wears its colour and its mark, and says what it would do. */
export function AnswerButtons({
  questionId: about,
  question,
  answer,
  onAnswer,
}: AnswerButtonsProps) {
  const world = useSession((state) => currentSnapshot(state).program.world);
  const open = answer === undefined;
  return (
    <div className={styles.choices} role="group" aria-label="Answers" aria-describedby={about}>
      {question.choices.map((choice, i) => (
        <button
          key={choice}
          type="button"
          className={buttons.button}
          data-first={i === 0 && open ? '' : undefined}
          aria-pressed={answer === choice}
          aria-disabled={!open}
          data-verdict={
            open
              ? undefined
              : choice === question.correctChoice
                ? 'right'
                : choice === answer
                  ? 'wrong'
                  : 'other'
          }
          data-task={question.kind === 'return' ? undefined : ''}
          style={
            question.kind === 'return'
              ? undefined
              : ({ '--who': processColour(world, choice) } as CSSProperties)
          }
          onClick={() => open && onAnswer(choice)}
        >
          {question.kind !== 'return' && (
            <ProcessMark process={world.processes.indexOf(processOf(choice))} />
          )}
          {choice}
          {question.kind === 'task' && <small>{question.choiceDetails[i]}</small>}
          {!open && choice === question.correctChoice && <Icon name="check" size={14} />}
          {answer === choice && choice !== question.correctChoice && (
            <Icon name="close" size={14} />
          )}
        </button>
      ))}
    </div>
  );
}
