import { useState, type DragEvent, type ReactNode } from 'react';
import { callSignature } from '../../../designs/registry';
import { processOf, type Call, type CallArgument } from '../../../kernel/language/world';
import {
  afterChoices,
  argumentChoices,
  callsOfTask,
  faultChoices,
  newCall,
} from '../../../scenario/edit/callArguments';
import { callText } from '../../../scenario/format/callText';
import type { Scenario } from '../../../scenario/format/scenario';
import { ProcessMark } from '../../controls/ProcessMark';
import { FormSection, IconButton, Select, type SectionProps } from './formParts';
import { TextField } from './TextField';
import styles from './ScenarioPanel.module.css';

/** The calls in file order; a row opens to change its call. */
export function CallSection({ scenario, edit }: SectionProps) {
  const { calls, world } = scenario;
  const [open, setOpen] = useState<number>();
  const [dragged, setDragged] = useState<number>();
  return (
    <FormSection title="Calls" count={calls.length}>
      {calls.length === 0 && (
        <p className={styles.note}>
          Add calls of a process above, or run them with the buttons of the Processes panel.
        </p>
      )}
      <ol>
        {calls.map((call, index) => (
          <li
            // Calls have no identity of their own: a row is what is at its place.
            key={index}
            className={styles.call}
            data-dragged={dragged === index ? '' : undefined}
            onDragOver={(event: DragEvent) => dragged !== undefined && event.preventDefault()}
            onDrop={(event: DragEvent) => {
              event.preventDefault();
              if (dragged !== undefined && dragged !== index)
                edit({ kind: 'move-call', index: dragged, to: index });
              setDragged(undefined);
            }}
          >
            <div className={styles.row}>
              <ProcessMark process={world.processes.indexOf(processOf(call.by))} task={call.by} />
              <button
                type="button"
                className={styles.callText}
                aria-expanded={open === index}
                aria-label={`Edit call ${index + 1}: ${call.by} ${callText(call)}`}
                draggable
                onDragStart={() => setDragged(index)}
                onDragEnd={() => setDragged(undefined)}
                onClick={() => setOpen(open === index ? undefined : index)}
              >
                <small>{call.by}</small> <code>{callText(call)}</code>
              </button>
              <IconButton
                icon="up"
                label={`Move call ${index + 1} up`}
                disabled={index === 0}
                onPress={() => edit({ kind: 'move-call', index, to: index - 1 })}
              />
              <IconButton
                icon="chevron"
                label={`Move call ${index + 1} down`}
                disabled={index === calls.length - 1}
                onPress={() => edit({ kind: 'move-call', index, to: index + 1 })}
              />
              <IconButton
                icon="close"
                label={`Remove call ${index + 1} and the calls that use its result`}
                onPress={() => {
                  setOpen(undefined);
                  edit({ kind: 'remove-call', index });
                }}
              />
            </div>
            {open === index && (
              <CallForm scenario={scenario} index={index} call={call} edit={edit} />
            )}
          </li>
        ))}
      </ol>
    </FormSection>
  );
}

interface CallFormProps extends SectionProps {
  readonly index: number;
  readonly call: Call;
}

function CallForm({ scenario, index, call, edit }: CallFormProps) {
  const change = (changed: Partial<Call>): void =>
    edit({ kind: 'change-call', index, call: { ...call, ...changed } });
  const signature = callSignature(call.call);
  const faults = faultChoices(scenario, call);
  const references = afterChoices(scenario, call.by).filter(
    (reference) => !call.after?.includes(reference),
  );
  return (
    <div className={styles.callForm} role="group" aria-label={`Call ${index + 1}`}>
      <Argument name="by">
        <Select
          label="Task"
          value={call.by}
          options={tasksFor(scenario, call).map((value) => ({ value, text: value }))}
          onChange={(by) => change({ by })}
        />
      </Argument>
      <Argument name="call">
        <Select
          label="Call"
          value={call.call}
          options={callsOfTask(scenario, call.by).map((name) => {
            const made = otherCall(scenario, index, name);
            return {
              value: name,
              text: typeof made === 'string' ? `${name} (not possible here)` : name,
            };
          })}
          onChange={(name) => {
            const made = otherCall(scenario, index, name);
            if (typeof made !== 'string') edit({ kind: 'change-call', index, call: made });
          }}
        />
      </Argument>
      {(call.hwpt === undefined ? signature?.args : signature?.withHwpt)?.map((key) => (
        <Argument key={key} name={key}>
          <ArgumentField scenario={scenario} index={index} call={call} name={key} change={change} />
        </Argument>
      ))}
      {signature?.lists?.map((key) => (
        <Argument key={key} name={key}>
          <NameList
            label={`Argument ${key}`}
            names={call[key] ?? []}
            choices={argumentChoices(scenario, call, index, key)}
            onChange={(names) => change({ [key]: names.length === 0 ? undefined : names })}
          />
        </Argument>
      ))}
      {signature && signature.result !== 'zero' && (
        <Argument name="as">
          <TextField
            label="Name of the result"
            value={call.as ?? ''}
            monospace
            onCommit={(text) => change({ as: text === '' ? undefined : text })}
          />
        </Argument>
      )}
      <Argument name="after">
        <NameList
          label="Calls that must have ended before"
          names={call.after ?? []}
          choices={references}
          onChange={(names) => change({ after: names.length === 0 ? undefined : names })}
        />
      </Argument>
      {faults.length > 0 && (
        <Argument name="fault">
          <Select
            label="Step that fails"
            value={call.fault ?? ''}
            options={[
              { value: '', text: 'no step fails' },
              ...faults.map((value) => ({ value, text: `${value} fails` })),
            ]}
            onChange={(fault) => change({ fault: fault === '' ? undefined : fault })}
          />
        </Argument>
      )}
    </div>
  );
}

function Argument({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={styles.argument}>
      <code>{name}</code>
      {children}
    </div>
  );
}

function ArgumentField({
  scenario,
  index,
  call,
  name,
  change,
}: {
  readonly scenario: Scenario;
  readonly index: number;
  readonly call: Call;
  readonly name: CallArgument;
  readonly change: (changed: Partial<Call>) => void;
}) {
  const value = call[name] ?? '';
  if (name === 'kvm')
    return (
      <TextField
        label={`Argument ${name}`}
        value={value}
        monospace
        onCommit={(text) => change({ kvm: text })}
      />
    );
  const choices = argumentChoices(scenario, call, index, name);
  return (
    <Select
      label={`Argument ${name}`}
      value={value}
      options={[...(choices.includes(value) ? [] : [value]), ...choices].map((each) => ({
        value: each,
        text: each,
      }))}
      onChange={(text) => change({ [name]: text })}
    />
  );
}

/** A list of names; a name is added from the choices and removed by its button. */
function NameList({
  label,
  names,
  choices,
  onChange,
}: {
  readonly label: string;
  readonly names: readonly string[];
  readonly choices: readonly string[];
  readonly onChange: (names: readonly string[]) => void;
}) {
  return (
    <div className={styles.names}>
      {names.map((name) => (
        <span key={name}>
          <code>{name}</code>
          <IconButton
            icon="close"
            label={`${label}: remove ${name}`}
            onPress={() => onChange(names.filter((each) => each !== name))}
          />
        </span>
      ))}
      <Select
        label={label}
        value=""
        options={[
          { value: '', text: names.length === 0 ? 'none' : 'add…' },
          ...choices
            .filter((each) => !names.includes(each))
            .map((each) => ({ value: each, text: each })),
        ]}
        onChange={(name) => name !== '' && onChange([...names, name])}
      />
    </div>
  );
}

/** The tasks that could make a call: those of its side, and one more thread of each. */
function tasksFor({ world, calls }: Scenario, call: Call): readonly string[] {
  const isDriver = processOf(call.by) === 'driver';
  const processes = isDriver ? ['driver'] : world.processes;
  return processes.flatMap((process) => {
    const threads = calls.flatMap(({ by }) => (processOf(by) === process ? [by] : []));
    const last = Math.max(1, ...threads.map((by) => Number(by.split('/')[1] ?? 1)));
    return [
      ...new Set([process, ...threads.toSorted(), ...(last < 9 ? [`${process}/${last + 1}`] : [])]),
    ];
  });
}

/** Another call in the place of the one at `index`, with the name of its result if it has one. */
function otherCall(scenario: Scenario, index: number, name: string): Call | string {
  const before = scenario.calls[index];
  if (!before) return `There is no call ${index + 1}.`;
  const made = newCall({ ...scenario, calls: scenario.calls.slice(0, index) }, before.by, name);
  return typeof made === 'string' || made.as === undefined || before.as === undefined
    ? made
    : { ...made, as: before.as };
}
