import type { CSSProperties } from 'react';
import { processOf } from '../../kernel/world';
import { currentFrame } from '../../session/frame';
import type { Question } from '../../session/predict';
import { Icon } from '../controls/Icon';
import buttons from '../controls/controls.module.css';
import { processColour } from '../processColour';
import { ProcessMark } from '../stage/ProcessMark';
import { useSession } from '../useSession';
import styles from './PredictCard.module.css';

interface AnswersProps {
  /** Id of what says the question: it is told with the answers, where the focus goes. */
  readonly about: string;
  readonly question: Question;
  readonly answer: string | undefined;
  readonly onAnswer: (choice: string) => void;
}

/** What may be answered; a task wears its colour and its mark, and says what it would do. */
export function Answers({ about, question, answer, onAnswer }: AnswersProps) {
  const world = useSession((state) => currentFrame(state).program.world);
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
              : choice === question.right
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
          {question.kind === 'task' && <small>{question.does[i]}</small>}
          {!open && choice === question.right && <Icon name="check" size={14} />}
          {answer === choice && choice !== question.right && <Icon name="close" size={14} />}
        </button>
      ))}
    </div>
  );
}
