import { useRef, type CSSProperties } from 'react';
import { availableCalls, type Caller } from '../../session/queries/availableCalls';
import { currentSnapshot } from '../../session/trace/replay';
import { fopsText } from '../../session/queries/selectedItem';
import type { PageLayout } from '../../session/store/session';
import { taskStatuses, type TaskStatus } from '../../session/queries/taskStatus';
import { Segmented } from '../controls/Segmented';
import buttons from '../controls/controls.module.css';
import { processColour } from '../processColour';
import { useFocusFallback } from '../controls/useFocusFallback';
import { useSession, useSessionStore } from '../useSession';
import { TaskRow } from './TaskRow';
import styles from './ProcessesPanel.module.css';
import type { OpenFd } from '../../session/queries/openFds';
import type { CallChoice } from '../../session/queries/callTemplates';
import { dispatch } from '../../session/actions/dispatch';

/** With more actors than this, what each can do is put away, so that their tasks can be seen together. */
const MAX_EXPANDED_CARDS = 4;

export function ProcessesPanel() {
  const session = useSessionStore();
  const frame = useSession(currentSnapshot);
  const act = useSession((state) => state.layout.callMode);
  const tasks = taskStatuses(frame);
  const actors = availableCalls(frame);
  return (
    <>
      <div className={styles.mode}>
        <Segmented<PageLayout['callMode']>
          label="What an action does"
          value={act}
          onSelect={(value) => dispatch(session, 'set-layout', { callMode: value })}
          segments={[
            { value: 'run', text: 'Run calls', accessibleName: 'Run calls to their end' },
            {
              value: 'start',
              text: 'Start, then step',
              accessibleName: 'Start calls and step them by hand',
            },
          ]}
        />
      </div>
      {actors.map((actor) => (
        <ProcessCard
          key={actor.name}
          process={actor}
          collapsed={actors.length > MAX_EXPANDED_CARDS}
          callMode={act}
          tasks={tasks.filter((task) => task.process === actor.name && task.nextStep)}
          colour={processColour(frame.program.world, actor.name)}
        />
      ))}
    </>
  );
}

interface ProcessCardProps {
  readonly process: Caller;
  readonly collapsed: boolean;
  readonly tasks: readonly TaskStatus[];
  readonly callMode: PageLayout['callMode'];
  readonly colour: string;
}

function ProcessCard({
  process: actor,
  collapsed: brief,
  tasks,
  callMode: act,
  colour,
}: ProcessCardProps) {
  const card = useRef<HTMLElement>(null);
  useFocusFallback(card);
  const rows = choicesByVerb(actor);
  const refused = actor.calls.filter((each) => each.choices.length === 0);
  const actions = (
    <>
      <div className={styles.actions}>
        {[...rows].map(([verb, choices]) => (
          <div key={verb} className={styles.verb} role="group" aria-label={verb}>
            <span aria-hidden="true">{verb}</span>
            <div>
              {choices.map((choice) => (
                <CallButton key={choice.title} choice={choice} act={act} />
              ))}
            </div>
          </div>
        ))}
      </div>
      {refused.length > 0 && (
        <details className={styles.refused}>
          <summary>Not possible now ({refused.length})</summary>
          <dl>
            {refused.map(({ call, title, unavailableReason: reason }) => (
              <div key={call}>
                <dt>{title}</dt>
                <dd>{reason}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </>
  );
  return (
    <section
      ref={card}
      className={styles.card}
      aria-label={actor.name}
      style={{ '--who': colour } as CSSProperties}
    >
      <h2 tabIndex={-1}>
        {actor.name} <small>{actor.kind === 'driver' ? 'kernel' : 'process'}</small>
      </h2>
      {actor.fds.length > 0 && (
        <ul className={styles.fds} aria-label={`Open files of ${actor.name}`}>
          {actor.fds.map((fd) => (
            <li key={fd.name}>
              <FdButton fd={fd} />
            </li>
          ))}
        </ul>
      )}
      {tasks.map((task) => (
        <TaskRow key={task.name} task={task} />
      ))}
      {brief ? (
        <details className={styles.brief}>
          <summary>Calls to make ({[...rows.values()].flat().length})</summary>
          {actions}
        </details>
      ) : (
        actions
      )}
    </section>
  );
}

function choicesByVerb({ calls: actions }: Caller): ReadonlyMap<string, readonly CallChoice[]> {
  const rows = new Map<string, readonly CallChoice[]>();
  for (const { verb, choices } of actions)
    if (choices.length > 0) rows.set(verb, [...(rows.get(verb) ?? []), ...choices]);
  return rows;
}

function FdButton({ fd }: { readonly fd: OpenFd }) {
  const session = useSessionStore();
  const selected = useSession((state) => state.selection === fd.file);
  const gated = useSession(
    (state) => currentSnapshot(state).program.model.parkedFileKinds.length === 0,
  );
  const about = fd.device ?? (fd.group === undefined ? fd.kind : `group ${fd.group}`);
  return (
    <button
      type="button"
      className={styles.fd}
      aria-pressed={selected}
      onClick={() => dispatch(session, 'select', { name: selected ? undefined : fd.file })}
    >
      <b>{fd.name}</b> <span>{fd.kind === 'cdev' || fd.kind === 'device' ? about : fd.kind}</span>
      {fd.fops && <em data-access={fd.fops}>{fopsText(gated, fd.fops)}</em>}
    </button>
  );
}

function CallButton({
  choice,
  act,
}: {
  readonly choice: CallChoice;
  readonly act: PageLayout['callMode'];
}) {
  const session = useSessionStore();
  return (
    <button
      type="button"
      className={`${buttons.button} ${buttons.small}`}
      aria-label={act === 'run' ? choice.title : `Start: ${choice.title}`}
      onClick={(event) =>
        dispatch(session, (act === 'run') === event.shiftKey ? 'start-call' : 'run-call', choice)
      }
    >
      {choice.label}
    </button>
  );
}
