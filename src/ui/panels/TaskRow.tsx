import { callText } from '../../scenario/format/callText';
import { waitSentence, type TaskStatus } from '../../session/queries/taskStatus';
import buttons from '../controls/controls.module.css';
import { ProcessMark } from '../controls/ProcessMark';
import { currentSnapshot } from '../../session/trace/replay';
import { useSession, useSessionStore } from '../useSession';
import styles from './TaskRow.module.css';
import { dispatch } from '../../session/actions/dispatch';

/** A task: its running or upcoming call with the next step, or why it waits. */
export function TaskRow({
  task,
  named,
}: {
  readonly task: TaskStatus;
  /** Its process has other tasks too. */
  readonly named: boolean;
}) {
  const session = useSessionStore();
  const process = useSession((each) =>
    currentSnapshot(each).program.world.processes.indexOf(task.process),
  );
  const call = task.currentCall ?? task.upcomingCall;
  // A call that another one has to precede has not started: nothing blocks it.
  const isBlocked = task.wait !== undefined && task.wait.wait.kind !== 'name';
  const state = isBlocked ? 'waiting' : task.currentCall ? 'running' : 'next';
  if (!task.nextStep)
    return <IdleTaskRow text="all calls made" task={named ? task.name : undefined} />;
  const next = task.wait ? waitSentence(task.wait) : task.nextStep.title;
  const onClick = (command: 'step-task' | 'run-task') => () => {
    if (task.canStep) dispatch(session, command, { task: task.name });
  };
  const button = `${buttons.button} ${buttons.small}`;
  return (
    <div
      className={styles.row}
      data-state={state}
      data-named={named ? '' : undefined}
      role="group"
      aria-label={`Task ${task.name}`}
    >
      {named && (
        <p className={styles.task}>
          <ProcessMark process={process} task={task.name} /> <b>{task.name}</b>
        </p>
      )}
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
      <p className={styles.now}>
        {call && (
          <span className={styles.call} data-tooltip={callText(call.call)}>
            {{ waiting: 'waits in', running: 'in', next: 'next' }[state]}{' '}
            <code>{callText(call.call)}</code>
          </span>
        )}
        <span className={styles.next} data-tooltip={next}>
          {next}
        </span>
      </p>
    </div>
  );
}

/** As high as the row of a task with a call. */
export function IdleTaskRow({ text, task }: { readonly text: string; readonly task?: string }) {
  return (
    <div className={styles.row} data-state="idle">
      {task !== undefined && (
        <p className={styles.task}>
          <b>{task}</b>
        </p>
      )}
      <p className={styles.now}>{text}</p>
    </div>
  );
}
