import { callsOfTask, newCall } from '../../../scenario/edit/callArguments';
import { newThreadName, threadsOf } from '../../../scenario/edit/newNames';
import { LIMITS } from '../../../scenario/format/limits';
import { processOf } from '../../../kernel/language/world';
import { Icon } from '../../controls/Icon';
import { PopoverButton } from '../../controls/PopoverButton';
import { ProcessMark } from '../../controls/ProcessMark';
import buttons from '../../controls/controls.module.css';
import { AddButton, FormSection, IconButton, type SectionProps } from './formParts';
import { TextField } from './TextField';
import styles from './ScenarioPanel.module.css';

/** The processes, their threads and the driver, each with the calls that it can make next. */
export function ProcessSection({ scenario, edit }: SectionProps) {
  const { processes } = scenario.world;
  return (
    <FormSection
      title="Processes"
      add={
        processes.length < LIMITS.processes && (
          <AddButton onPress={() => edit({ kind: 'add-process' })}>Process</AddButton>
        )
      }
    >
      {processes.length === 0 && (
        <p className={styles.note}>A process opens devices and makes calls. Add one to begin.</p>
      )}
      <ul>
        {processes.map((name, index) => (
          <li key={name} className={styles.row}>
            <ProcessMark process={index} />
            <TextField
              label={`Name of process ${name}`}
              value={name}
              monospace
              onCommit={(to) => edit({ kind: 'rename-process', from: name, to })}
            />
            <CallMenu scenario={scenario} task={name} edit={edit} />
            <IconButton
              icon="close"
              label={`Remove ${name} and its calls`}
              onPress={() => edit({ kind: 'remove-process', name })}
            />
            {threadsOf(scenario, name).map((task) => (
              <div key={task} className={styles.thread}>
                <ProcessMark process={index} task={task} />
                <code>{task}</code>
                <CallMenu scenario={scenario} task={task} edit={edit} />
                <IconButton
                  icon="close"
                  label={`Remove the thread ${task} and its calls`}
                  onPress={() => edit({ kind: 'remove-thread', task })}
                />
              </div>
            ))}
          </li>
        ))}
        <li className={styles.row}>
          <ProcessMark process={-1} />
          <code>
            driver <small>kernel</small>
          </code>
          <CallMenu scenario={scenario} task="driver" edit={edit} />
        </li>
      </ul>
    </FormSection>
  );
}

/** Adds a call at the end of a task, or of a new thread of its process. */
function CallMenu({ scenario, task, edit }: SectionProps & { readonly task: string }) {
  return (
    <PopoverButton
      label={`Calls of ${task}`}
      buttonLabel={`Add a call of ${task}`}
      className={`${buttons.button} ${buttons.small}`}
      popoverClassName={styles.menu}
      content={
        <>
          <CallChoices scenario={scenario} task={task} edit={edit} />
          {task === processOf(task) && (
            <details>
              <summary>In a new thread</summary>
              <CallChoices scenario={scenario} task={newThreadName(scenario, task)} edit={edit} />
            </details>
          )}
        </>
      }
    >
      <Icon name="plus" size={12} />
      Call
    </PopoverButton>
  );
}

function CallChoices({ scenario, task, edit }: SectionProps & { readonly task: string }) {
  const choices = callsOfTask(scenario, task).map((name) => ({
    name,
    call: newCall(scenario, task, name),
  }));
  const missing = choices.filter(({ call }) => typeof call === 'string');
  return (
    <>
      <div className={styles.choices} role="group" aria-label={`Calls of ${task}`}>
        {choices.map(
          ({ name, call }) =>
            typeof call !== 'string' && (
              <button
                key={name}
                type="button"
                onClick={(event) => {
                  event.currentTarget.closest<HTMLElement>('[popover]')?.hidePopover();
                  edit({ kind: 'add-call', call });
                }}
              >
                {name}
              </button>
            ),
        )}
      </div>
      {missing.length > 0 && (
        <details>
          <summary>Not yet possible ({missing.length})</summary>
          <ul>
            {missing.map(({ name, call }) => (
              <li key={name}>{typeof call === 'string' && call}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
