import { useRef, type CSSProperties } from 'react';
import { actorsOf, type Actor, type Choice, type OpenFd } from '../../session/actions';
import { arrange } from '../../session/arrange';
import { select } from '../../session/attention';
import { currentFrame } from '../../session/frame';
import { tell } from '../../session/messages';
import { runCall, startCall } from '../../session/moves';
import { accessOf } from '../../session/selected';
import type { Layout, Session } from '../../session/session';
import { tasksOf, type TaskNow } from '../../session/tasks';
import { pause } from '../../session/transport';
import { Segmented } from '../controls/Segmented';
import buttons from '../controls/controls.module.css';
import { processColour } from '../processColour';
import { useKeptFocus } from '../useKeptFocus';
import { useSession, useSessionStore } from '../useSession';
import { TaskRow } from './TaskRow';
import styles from './Actors.module.css';

/** With more actors than this, what each can do is put away, so that their tasks can be seen together. */
const MANY = 4;

export function Actors() {
  const session = useSessionStore();
  const frame = useSession(currentFrame);
  const act = useSession((state) => state.layout.act);
  const tasks = tasksOf(frame);
  const actors = actorsOf(frame);
  return (
    <>
      <div className={styles.mode}>
        <Segmented<Layout['act']>
          label="What an action does"
          value={act}
          onPick={(value) => arrange(session, { act: value })}
          segments={[
            { value: 'run', text: 'Run calls', title: 'Run calls to their end' },
            {
              value: 'start',
              text: 'Start, then step',
              title: 'Start calls and step them by hand',
            },
          ]}
        />
      </div>
      {actors.map((actor) => (
        <Card
          key={actor.name}
          actor={actor}
          brief={actors.length > MANY}
          act={act}
          tasks={tasks.filter((task) => task.process === actor.name && task.next)}
          colour={processColour(frame.program.world, actor.name)}
        />
      ))}
    </>
  );
}

interface CardProps {
  readonly actor: Actor;
  readonly brief: boolean;
  readonly tasks: readonly TaskNow[];
  readonly act: Layout['act'];
  readonly colour: string;
}

function Card({ actor, brief, tasks, act, colour }: CardProps) {
  const card = useRef<HTMLElement>(null);
  useKeptFocus(card);
  const rows = byVerb(actor);
  const refused = actor.actions.filter((each) => each.choices.length === 0);
  const actions = (
    <>
      <div className={styles.actions}>
        {[...rows].map(([verb, choices]) => (
          <div key={verb} className={styles.verb} role="group" aria-label={verb}>
            <span aria-hidden="true">{verb}</span>
            <div>
              {choices.map((choice) => (
                <Action key={choice.title} choice={choice} act={act} />
              ))}
            </div>
          </div>
        ))}
      </div>
      {refused.length > 0 && (
        <details className={styles.refused}>
          <summary>Not possible now ({refused.length})</summary>
          <dl>
            {refused.map(({ call, title, reason }) => (
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
              <Fd fd={fd} />
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

function byVerb({ actions }: Actor): ReadonlyMap<string, readonly Choice[]> {
  const rows = new Map<string, readonly Choice[]>();
  for (const { verb, choices } of actions)
    if (choices.length > 0) rows.set(verb, [...(rows.get(verb) ?? []), ...choices]);
  return rows;
}

function Fd({ fd }: { readonly fd: OpenFd }) {
  const session = useSessionStore();
  const selected = useSession((state) => state.selection === fd.file);
  const gated = useSession((state) => currentFrame(state).program.model.parked.length === 0);
  const about = fd.device ?? (fd.group === undefined ? fd.kind : `group ${fd.group}`);
  return (
    <button
      type="button"
      className={styles.fd}
      aria-pressed={selected}
      onClick={() => select(session, selected ? undefined : fd.file)}
    >
      <b>{fd.name}</b> <span>{fd.kind === 'cdev' || fd.kind === 'device' ? about : fd.kind}</span>
      {fd.access && <em data-access={fd.access}>{accessOf(gated, fd.access)}</em>}
    </button>
  );
}

function Action({ choice, act }: { readonly choice: Choice; readonly act: Layout['act'] }) {
  const session = useSessionStore();
  return (
    <button
      type="button"
      className={`${buttons.button} ${buttons.small}`}
      aria-label={act === 'run' ? choice.title : `Start: ${choice.title}`}
      onClick={(event) =>
        perform(session, choice, (act === 'run') === event.shiftKey ? startCall : runCall)
      }
    >
      {choice.label}
    </button>
  );
}

function perform(session: Session, { call, title }: Choice, make: typeof runCall): void {
  pause(session);
  const why = make(session, call);
  if (why !== undefined) tell(session, 'error', `${title} is not possible now.`, [why]);
}
