import type { ObjectSlot } from '../../kernel/program';
import { actorsOf } from '../../session/actions';
import { select } from '../../session/attention';
import { callText } from '../../session/callText';
import { branchMoments, currentFrame } from '../../session/frame';
import { tasksOf, type TaskNow } from '../../session/tasks';
import { locksOf, whyBlocked } from '../../session/why';
import { useSession, useSessionStore } from '../useSession';
import styles from './Details.module.css';
import { ObjectFacts } from './ObjectFacts';
import panels from './panels.module.css';
import { Part, Reasons } from './Part';

/** What is known of an object, of a task, or of all tasks of a process. */
export function Facts({ object, who }: { readonly object: ObjectSlot | undefined; readonly who: string }) {
  const frame = useSession(currentFrame);
  const tasks = tasksOf(frame).filter(({ name, process }) => name === who || process === who);
  if (object) return <ObjectFacts object={object} />;
  return (
    <>
      {tasks.map((task) => <TaskFacts key={task.name} task={task} named={tasks.length > 1} />)}
      {tasks.length === 0 && <p className={panels.note}>{who} makes no call in this run.</p>}
      <Fds who={who} />
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
        {call ? <>is in <code>{callText(call.call)}</code></> : upcoming ? <>makes <code>{callText(upcoming.call)}</code> next</> : 'has made all its calls'}
        {next && !wait ? `: ${next.title}` : ''}.
      </p>
      {wait && call && <Part title="Why blocked?"><Reasons reasons={whyBlocked(frame, moments, task)} /></Part>}
      {locks.length > 0 && (
        <Part title="What does it hold?">
          <ul>{locks.map((title) => <li key={title}><button type="button" onClick={() => select(session, title.replace(/\.[^.]*$/, ''))}>{title}</button></li>)}</ul>
        </Part>
      )}
    </div>
  );
}

/** The files that a process has open. */
function Fds({ who }: { readonly who: string }) {
  const session = useSessionStore();
  const actor = useSession((state) => actorsOf(currentFrame(state)).find(({ name }) => name === who));
  if (!actor || actor.fds.length === 0) return undefined;
  return (
    <Part title="What has it open?">
      <ul>{actor.fds.map(({ name, kind, file, access }) => <li key={name}>{name}: <button type="button" onClick={() => select(session, file)}>{file}</button>, {kind}{access && `, fops ${access}`}</li>)}</ul>
    </Part>
  );
}
