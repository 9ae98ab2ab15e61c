import { callText } from '../../scenario/format/callText';
import { waitSentence, type TaskStatus } from '../../session/queries/taskStatus';
import buttons from '../controls/controls.module.css';
import { useSessionStore } from '../useSession';
import styles from './TaskRow.module.css';
import { dispatch } from '../../session/actions/dispatch';

/** A task with a running or upcoming call: its next step, or why it waits. */
export function TaskRow({ task }: { readonly task: TaskStatus }) {
  const session = useSessionStore();
  const call = task.currentCall ?? task.upcomingCall;
  const state = task.wait ? 'waiting' : task.currentCall ? 'running' : 'next';
  const onClick = (command: 'step-task' | 'run-task') => () => {
    if (task.canStep) dispatch(session, command, { task: task.name });
  };
  const button = `${buttons.button} ${buttons.small}`;
  return (
    <div className={styles.row} data-state={state} role="group" aria-label={`Task ${task.name}`}>
      <p className={styles.call}>
        <span>
          {task.name === task.process ? '' : `${task.name} `}
          {{ waiting: 'waits in', running: 'in', next: 'next' }[state]}
        </span>{' '}
        <code>{call && callText(call.call)}</code>
      </p>
      <p className={styles.next}>{task.wait ? waitSentence(task.wait) : task.nextStep?.title}</p>
      <div className={styles.buttons}>
        <button
          type="button"
          className={button}
          aria-label={`Step ${task.name}`}
          aria-disabled={!task.canStep}
          data-disabled={task.canStep ? undefined : ''}
          onClick={onClick('step-task')}
        >
          Step
        </button>
        <button
          type="button"
          className={button}
          aria-label={`Run ${task.name}`}
          aria-disabled={!task.canStep}
          data-disabled={task.canStep ? undefined : ''}
          onClick={onClick('run-task')}
        >
          Run
        </button>
      </div>
    </div>
  );
}
