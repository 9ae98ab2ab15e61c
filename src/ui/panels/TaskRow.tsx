import { callText } from '../../scenario/format/callText';
import { waitSentence, type TaskStatus } from '../../session/queries/taskStatus';
import buttons from '../controls/controls.module.css';
import { useSessionStore } from '../useSession';
import styles from './ProcessesPanel.module.css';
import { dispatch } from '../../session/actions/dispatch';

/** A task with a call under way or before it: what it does next, or why it cannot. */
export function TaskRow({ task }: { readonly task: TaskStatus }) {
  const session = useSessionStore();
  const call = task.currentCall ?? task.upcomingCall;
  const state = task.wait ? 'waiting' : task.currentCall ? 'running' : 'next';
  const move = (id: 'step-task' | 'run-task') => () => {
    if (task.canStep) dispatch(session, id, { task: task.name });
  };
  const button = `${buttons.button} ${buttons.small}`;
  return (
    <div className={styles.task} data-state={state} role="group" aria-label={`Task ${task.name}`}>
      <p className={styles.call}>
        <span>
          {task.name === task.process ? '' : `${task.name} `}
          {{ waiting: 'waits in', running: 'in', next: 'next' }[state]}
        </span>{' '}
        <code>{call && callText(call.call)}</code>
      </p>
      <p className={styles.next}>{task.wait ? waitSentence(task.wait) : task.nextStep?.title}</p>
      <div className={styles.moves}>
        <button
          type="button"
          className={button}
          aria-label={`Step ${task.name}`}
          aria-disabled={!task.canStep}
          data-disabled={task.canStep ? undefined : ''}
          onClick={move('step-task')}
        >
          Step
        </button>
        <button
          type="button"
          className={button}
          aria-label={`Run ${task.name}`}
          aria-disabled={!task.canStep}
          data-disabled={task.canStep ? undefined : ''}
          onClick={move('run-task')}
        >
          Run
        </button>
      </div>
    </div>
  );
}
