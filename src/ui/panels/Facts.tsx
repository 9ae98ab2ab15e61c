import { callStatus } from '../../kernel/machine';
import { actorsOf } from '../../session/actions';
import { select } from '../../session/attention';
import { callText } from '../../session/callText';
import { branchMoments, currentFrame } from '../../session/frame';
import { seek } from '../../session/moves';
import { accessOf, type Selected } from '../../session/selected';
import { tasksOf, type TaskNow } from '../../session/tasks';
import { lanesOf } from '../../session/timeline';
import { locksOf, whyBlocked } from '../../session/why';
import { useSession, useSessionStore } from '../useSession';
import styles from './Details.module.css';
import { ObjectFacts } from './ObjectFacts';
import panels from './panels.module.css';
import { Part, Reasons } from './Part';
import { TableFacts } from './TableFacts';

/** What is known of what is selected. */
export function Facts({ what }: { readonly what: Selected }) {
  if (what.kind === 'object') return <ObjectFacts object={what.object} />;
  return what.kind === 'table' ? <TableFacts table={what.table} /> : <ActorFacts who={what.name} />;
}

/** A task, or all tasks of a process or of the kernel's side. */
function ActorFacts({ who }: { readonly who: string }) {
  const frame = useSession(currentFrame);
  const tasks = tasksOf(frame).filter(({ name, process }) => name === who || process === who);
  return (
    <>
      {tasks.map((task) => (
        <TaskFacts key={task.name} task={task} named={tasks.length > 1} />
      ))}
      {tasks.length === 0 && (
        <p className={panels.note}>
          {who === 'driver'
            ? 'The kernel’s side: it registers devices and takes them away. It'
            : who}{' '}
          makes no call in this run.
        </p>
      )}
      <Fds who={who} />
      <Calls tasks={tasks} />
    </>
  );
}

/** The calls that were made, with what they returned, and those that come. */
function Calls({ tasks }: { readonly tasks: readonly TaskNow[] }) {
  const session = useSessionStore();
  const frame = useSession(currentFrame);
  const moments = useSession(branchMoments);
  const {
    program,
    state,
    moment: { depth: here },
  } = frame;
  const made = lanesOf(moments)
    .filter(({ task }) => tasks.some(({ name }) => name === task))
    .flatMap(({ bars }) => bars)
    .filter(({ from }) => from < here)
    .toSorted((a, b) => a.from - b.from);
  const coming = program.calls.filter(
    ({ index, call, task }) =>
      tasks.some((each) => each.index === task) &&
      callStatus(program, state, index) === 'waiting' &&
      !made.some((bar) => bar.call === call),
  );
  return (
    <>
      {made.length > 0 && (
        <Part title="What has it done?">
          <ul>
            {made.map(({ call, from, to, returned }) => (
              <li key={from}>
                <button
                  type="button"
                  onClick={() => seek(session, from + 1)}
                  aria-label={`${callText(call)}, from step ${from + 1}`}
                >
                  step {from + 1}
                </button>{' '}
                <code>{callText(call)}</code>
                {to > here || returned === undefined
                  ? ', under way'
                  : returned === 'skipped'
                    ? ', skipped'
                    : returned !== call.as && (
                        <>
                          {' '}
                          = <code>{returned}</code>
                        </>
                      )}
              </li>
            ))}
          </ul>
        </Part>
      )}
      {coming.length > 0 && (
        <Part title="What comes next?">
          <ul>
            {coming.map(({ index, call }) => (
              <li key={index}>
                <code>{callText(call)}</code>
              </li>
            ))}
          </ul>
        </Part>
      )}
    </>
  );
}

function TaskFacts({ task, named }: { readonly task: TaskNow; readonly named: boolean }) {
  const session = useSessionStore();
  const frame = useSession(currentFrame);
  const moments = useSession(branchMoments);
  const { name, index, call, upcoming, next, wait } = task;
  const locks = locksOf(frame, index);
  return (
    <div className={styles.task}>
      <p className={panels.note}>
        {named && <b>{name} </b>}
        {call ? (
          <>
            is in <code>{callText(call.call)}</code>
          </>
        ) : upcoming ? (
          <>
            makes <code>{callText(upcoming.call)}</code> next
          </>
        ) : (
          'has made all its calls'
        )}
        {next && !wait ? `: ${next.title}` : ''}.
      </p>
      {wait && call && (
        <Part title="Why blocked?">
          <Reasons reasons={whyBlocked(frame, moments, task)} />
        </Part>
      )}
      {locks.length > 0 && (
        <Part title="What does it hold?">
          <ul>
            {locks.map((title) => (
              <li key={title}>
                <button
                  type="button"
                  onClick={() => select(session, title.replace(/\.[^.]*$/, ''))}
                >
                  {title}
                </button>
              </li>
            ))}
          </ul>
        </Part>
      )}
    </div>
  );
}

/** The files that a process has open. */
function Fds({ who }: { readonly who: string }) {
  const session = useSessionStore();
  const actor = useSession((state) =>
    actorsOf(currentFrame(state)).find(({ name }) => name === who),
  );
  const gated = useSession((state) => currentFrame(state).program.model.parked.length === 0);
  if (!actor || actor.fds.length === 0) return undefined;
  return (
    <Part title="What has it open?">
      <ul>
        {actor.fds.map(({ name, kind, file, access }) => (
          <li key={name}>
            {name}:{' '}
            <button type="button" onClick={() => select(session, file)}>
              {file}
            </button>
            , {kind}
            {access && `, ${accessOf(gated, access)}`}
          </li>
        ))}
      </ul>
    </Part>
  );
}
