import type { CSSProperties } from 'react';
import { processOf } from '../../../kernel/language/world';
import { currentSnapshot } from '../../../session/trace/replay';
import type { QuizQuestion } from '../../../session/quiz/quizQuestions';
import { Icon } from '../../controls/Icon';
import buttons from '../../controls/controls.module.css';
import { processColour } from '../../controls/processColour';
import { ProcessMark } from '../../controls/ProcessMark';
import { useSession } from '../../useSession';
import styles from './QuizCard.module.css';

interface AnswerButtonsProps {
  /** Id of the question's element, which describes the answers. */
  readonly questionId: string;
  readonly question: QuizQuestion;
  readonly answer: string | undefined;
  readonly onAnswer: (choice: string) => void;
}

/** The answers; a task shows its colour, its mark and its next step. */
export function AnswerButtons({ questionId, question, answer, onAnswer }: AnswerButtonsProps) {
  const world = useSession((state) => currentSnapshot(state).program.world);
  const isOpen = answer === undefined;
  return (
    <div className={styles.choices} role="group" aria-label="Answers" aria-describedby={questionId}>
      {question.choices.map((choice, i) => (
        <button
          key={choice}
          type="button"
          className={buttons.button}
          data-first={i === 0 && isOpen ? '' : undefined}
          aria-pressed={answer === choice}
          aria-disabled={!isOpen}
          data-verdict={
            isOpen
              ? undefined
              : choice === question.correctChoice
                ? 'correct'
                : choice === answer
                  ? 'wrong'
                  : 'other'
          }
          data-task={question.kind === 'return' ? undefined : ''}
          style={
            question.kind === 'return'
              ? undefined
              : ({ '--process-colour': processColour(world, choice) } as CSSProperties)
          }
          onClick={() => isOpen && onAnswer(choice)}
        >
          {question.kind !== 'return' && (
            <ProcessMark process={world.processes.indexOf(processOf(choice))} task={choice} />
          )}
          {choice}
          {question.kind === 'task' && <small>{question.choiceDetails[i]}</small>}
          {!isOpen && choice === question.correctChoice && <Icon name="check" size={14} />}
          {answer === choice && choice !== question.correctChoice && (
            <Icon name="close" size={14} />
          )}
        </button>
      ))}
    </div>
  );
}
