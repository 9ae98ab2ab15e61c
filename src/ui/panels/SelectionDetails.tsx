import { callStatus } from '../../kernel/machine/machine';
import { availableCalls } from '../../session/queries/availableCalls';
import { callText } from '../../scenario/format/callText';
import { branchPath, currentSnapshot } from '../../session/trace/replay';
import { fopsText, type SelectedItem } from '../../session/queries/selectedItem';
import { taskStatuses, type TaskStatus } from '../../session/queries/taskStatus';
import { timelineLanes } from '../../session/queries/timeline';
import { locksHeldBy, blockedBy } from '../../session/queries/blockedBy';
import { useSession, useSessionStore } from '../useSession';
import styles from './DetailsPanel.module.css';
import { ObjectDetails } from './ObjectDetails';
import panels from './panels.module.css';
import { DetailSection, ReasonList } from './DetailSection';
import { FopsDetails } from './FopsDetails';
import { dispatch } from '../../session/actions/dispatch';

/** What is known of what is selected. */
export function SelectionDetails({ what }: { readonly what: SelectedItem }) {
  if (what.kind === 'object') return <ObjectDetails object={what.object} />;
  return what.kind === 'table' ? (
    <FopsDetails table={what.fops} />
  ) : (
    <ProcessDetails who={what.name} />
  );
}

/** A task, or all tasks of a process or of the kernel's side. */
function ProcessDetails({ who }: { readonly who: string }) {
  const frame = useSession(currentSnapshot);
  const tasks = taskStatuses(frame).filter(({ name, process }) => name === who || process === who);
  return (
    <>
      {tasks.map((task) => (
        <TaskDetails key={task.name} task={task} named={tasks.length > 1} />
      ))}
      {tasks.length === 0 && (
        <p className={panels.note}>
          {who === 'driver'
            ? 'The kernel’s side: it registers devices and takes them away. It'
            : who}{' '}
          makes no call in this run.
        </p>
      )}
      <OpenFileList who={who} />
      <CallHistory tasks={tasks} />
    </>
  );
}

/** The calls that were made, with what they returned, and those that come. */
function CallHistory({ tasks }: { readonly tasks: readonly TaskStatus[] }) {
  const session = useSessionStore();
  const frame = useSession(currentSnapshot);
  const moments = useSession(branchPath);
  const {
    program,
    state,
    node: { depth: here },
  } = frame;
  const made = timelineLanes(moments)
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
        <DetailSection title="What has it done?">
          <ul>
            {made.map(({ call, from, to, returnText: returned }) => (
              <li key={from}>
                <button
                  type="button"
                  onClick={() => dispatch(session, 'seek', { depth: from + 1 })}
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
        </DetailSection>
      )}
      {coming.length > 0 && (
        <DetailSection title="What comes next?">
          <ul>
            {coming.map(({ index, call }) => (
              <li key={index}>
                <code>{callText(call)}</code>
              </li>
            ))}
          </ul>
        </DetailSection>
      )}
    </>
  );
}

function TaskDetails({ task, named }: { readonly task: TaskStatus; readonly named: boolean }) {
  const session = useSessionStore();
  const frame = useSession(currentSnapshot);
  const moments = useSession(branchPath);
  const { name, index, currentCall: call, upcomingCall: upcoming, nextStep: next, wait } = task;
  const locks = locksHeldBy(frame, index);
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
        <DetailSection title="Why blocked?">
          <ReasonList reasons={blockedBy(frame, moments, task)} />
        </DetailSection>
      )}
      {locks.length > 0 && (
        <DetailSection title="What does it hold?">
          <ul>
            {locks.map((title) => (
              <li key={title}>
                <button
                  type="button"
                  onClick={() =>
                    dispatch(session, 'select', { name: title.replace(/\.[^.]*$/, '') })
                  }
                >
                  {title}
                </button>
              </li>
            ))}
          </ul>
        </DetailSection>
      )}
    </div>
  );
}

/** The files that a process has open. */
function OpenFileList({ who }: { readonly who: string }) {
  const session = useSessionStore();
  const actor = useSession((state) =>
    availableCalls(currentSnapshot(state)).find(({ name }) => name === who),
  );
  const gated = useSession(
    (state) => currentSnapshot(state).program.model.parkedFileKinds.length === 0,
  );
  if (!actor || actor.fds.length === 0) return undefined;
  return (
    <DetailSection title="What has it open?">
      <ul>
        {actor.fds.map(({ name, kind, file, fops: access }) => (
          <li key={name}>
            {name}:{' '}
            <button type="button" onClick={() => dispatch(session, 'select', { name: file })}>
              {file}
            </button>
            , {kind}
            {access && `, ${fopsText(gated, access)}`}
          </li>
        ))}
      </ul>
    </DetailSection>
  );
}
