import { callStatus } from '../../kernel/machine/machine';
import { availableCalls } from '../../session/queries/availableCalls';
import { callText } from '../../scenario/format/callText';
import { currentSnapshot } from '../../session/trace/replay';
import { visiblePath } from '../../session/queries/visiblePath';
import { accessFlagOf, fopsText } from '../../graph/model/accessText';
import type { SelectedItem } from '../../session/queries/selectedItem';
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

/** The details of the selection, by its kind. */
export function SelectionDetails({ item }: { readonly item: SelectedItem }) {
  if (item.kind === 'object') return <ObjectDetails object={item.object} />;
  return item.kind === 'fops' ? (
    <FopsDetails table={item.fops} />
  ) : (
    <ProcessDetails name={item.name} />
  );
}

/** A task, or all tasks of a process or of the driver. */
function ProcessDetails({ name }: { readonly name: string }) {
  const snapshot = useSession(currentSnapshot);
  const tasks = taskStatuses(snapshot).filter(
    (task) => task.name === name || task.process === name,
  );
  return (
    <>
      {tasks.map((task) => (
        <TaskDetails key={task.name} task={task} showName={tasks.length > 1} />
      ))}
      {tasks.length === 0 && (
        <p className={panels.note}>
          {name === 'driver' ? 'The driver registers and unregisters devices. It' : name} has made
          no call. The calls panel has those that it can make.
        </p>
      )}
      <OpenFileList process={name} />
      <CallHistory tasks={tasks} />
    </>
  );
}

/** The calls made so far with their results, and the next calls. */
function CallHistory({ tasks }: { readonly tasks: readonly TaskStatus[] }) {
  const session = useSessionStore();
  const snapshot = useSession(currentSnapshot);
  const path = useSession(visiblePath);
  const {
    program,
    state,
    node: { depth },
  } = snapshot;
  const made = timelineLanes(path)
    .filter(({ task }) => tasks.some(({ name }) => name === task))
    .flatMap(({ bars }) => bars)
    .filter(({ from }) => from < depth)
    .toSorted((a, b) => a.from - b.from);
  const upcoming = program.calls.filter(
    ({ index, call, task }) =>
      tasks.some((each) => each.index === task) &&
      callStatus(program, state, index) === 'waiting' &&
      !made.some((bar) => bar.call === call),
  );
  return (
    <>
      {made.length > 0 && (
        <DetailSection title="Calls made">
          <ul>
            {made.map(({ call, from, to, returnText }) => (
              <li key={from}>
                <button
                  type="button"
                  onClick={() => dispatch(session, 'seek', { depth: from + 1 })}
                  aria-label={`${callText(call)}, from step ${from + 1}`}
                >
                  step {from + 1}
                </button>{' '}
                <code>{callText(call)}</code>
                {to > depth || returnText === undefined
                  ? ', in progress'
                  : returnText === 'skipped'
                    ? ', skipped'
                    : returnText !== call.as && (
                        <>
                          {' '}
                          = <code>{returnText}</code>
                        </>
                      )}
              </li>
            ))}
          </ul>
        </DetailSection>
      )}
      {upcoming.length > 0 && (
        <DetailSection title="Next calls">
          <ul>
            {upcoming.map(({ index, call }) => (
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

function TaskDetails({
  task,
  showName,
}: {
  readonly task: TaskStatus;
  readonly showName: boolean;
}) {
  const session = useSessionStore();
  const snapshot = useSession(currentSnapshot);
  const path = useSession(visiblePath);
  const { name, index, currentCall, upcomingCall, nextStep, wait } = task;
  const locks = locksHeldBy(snapshot, index);
  return (
    <div className={styles.task}>
      <p className={panels.note}>
        {showName && <b>{name} </b>}
        {currentCall ? (
          <>
            is in <code>{callText(currentCall.call)}</code>
          </>
        ) : upcomingCall ? (
          <>
            makes <code>{callText(upcomingCall.call)}</code> next
          </>
        ) : nextStep ? (
          'has delayed stores'
        ) : (
          'has no more calls'
        )}
        {nextStep && !wait ? `: ${nextStep.title}` : ''}.
      </p>
      {wait && currentCall && (
        <DetailSection title="Blocked by">
          <ReasonList reasons={blockedBy(snapshot, path, task)} />
        </DetailSection>
      )}
      {locks.length > 0 && (
        <DetailSection title="Locks held">
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

/** The fds of a process. */
function OpenFileList({ process }: { readonly process: string }) {
  const session = useSessionStore();
  const caller = useSession((state) =>
    availableCalls(currentSnapshot(state)).find(({ name }) => name === process),
  );
  const accessFlag = useSession((state) => accessFlagOf(currentSnapshot(state).program.model));
  if (!caller || caller.fds.length === 0) return undefined;
  return (
    <DetailSection title="Open files">
      <ul>
        {caller.fds.map(({ name, kind, file, fops }) => (
          <li key={name}>
            {name}:{' '}
            <button type="button" onClick={() => dispatch(session, 'select', { name: file })}>
              {file}
            </button>
            , {kind}
            {fops && `, ${fopsText(accessFlag, fops)}`}
          </li>
        ))}
      </ul>
    </DetailSection>
  );
}
