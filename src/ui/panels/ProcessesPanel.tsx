import { useEffect, useRef, useState, type CSSProperties } from 'react';
import { availableCalls, type Caller } from '../../session/queries/availableCalls';
import { branchPath, currentSnapshot, snapshotAt, type Snapshot } from '../../session/trace/replay';
import { accessFlagOf, accessLabel, fopsText } from '../../graph/model/accessText';
import type { PageLayout, SessionState } from '../../session/store/session';
import { taskStatuses, type TaskStatus } from '../../session/queries/taskStatus';
import { Segmented } from '../controls/Segmented';
import buttons from '../controls/controls.module.css';
import { processColour } from '../controls/processColour';
import { useFocusFallback } from '../controls/useFocusFallback';
import { useSession, useSessionStore } from '../useSession';
import { IdleTaskRow, TaskRow } from './TaskRow';
import { shownCalls, type ShownCall, type ShownCalls } from './shownCalls';
import { useSteadyPointer } from './useSteadyPointer';
import styles from './ProcessesPanel.module.css';
import type { OpenFd } from '../../session/queries/openFds';
import { dispatch } from '../../session/actions/dispatch';

/** With more processes than this, their calls are collapsed, so that all tasks stay visible. */
const MAX_EXPANDED_CARDS = 4;

export function ProcessesPanel() {
  const session = useSessionStore();
  const snapshot = useSession(currentSnapshot);
  const afterCall = useSession(snapshotAfterCall);
  const callMode = useSession((state) => state.layout.callMode);
  const tasks = taskStatuses(snapshot);
  const callers = availableCalls(afterCall);
  const files = new Map(availableCalls(snapshot).map(({ name, fds }) => [name, fds]));
  const { panel, isOver, handlers } = useSteadyPointer();
  return (
    <div ref={panel} className={styles.panel} {...handlers}>
      <div className={styles.mode}>
        <Segmented<PageLayout['callMode']>
          label="Call mode"
          value={callMode}
          onSelect={(value) => dispatch(session, 'set-layout', { callMode: value })}
          segments={[
            { value: 'run', text: 'Run calls', accessibleName: 'Run calls to completion' },
            {
              value: 'start',
              text: 'Start, then step',
              accessibleName: 'Start calls, then step them manually',
            },
          ]}
        />
      </div>
      {callers.map((caller) => (
        <ProcessCard
          key={caller.name}
          caller={caller}
          fds={files.get(caller.name) ?? []}
          collapsed={callers.length > MAX_EXPANDED_CARDS}
          callMode={callMode}
          tasks={tasks.filter((task) => task.process === caller.name)}
          colour={processColour(snapshot.program.world, caller.name)}
          keepPlaces={isOver}
        />
      ))}
    </div>
  );
}

/** While a call that was run at once plays, the buttons are those at its end: none leaves the pointer. */
function snapshotAfterCall(state: SessionState): Snapshot {
  const { run, callPlayback } = state;
  const node =
    callPlayback?.branchId === run.branchId ? branchPath(state)[callPlayback.depth] : undefined;
  return node ? snapshotAt(node) : currentSnapshot(state);
}

interface ProcessCardProps {
  readonly caller: Caller;
  readonly fds: readonly OpenFd[];
  readonly collapsed: boolean;
  readonly tasks: readonly TaskStatus[];
  readonly callMode: PageLayout['callMode'];
  readonly colour: string;
  /** The call buttons stay where they are. */
  readonly keepPlaces: boolean;
}

function ProcessCard({
  caller,
  fds,
  collapsed,
  tasks,
  callMode,
  colour,
  keepPlaces,
}: ProcessCardProps) {
  const card = useRef<HTMLElement>(null);
  useFocusFallback(card);
  const selected = useSession((state) => state.selection === caller.name);
  useEffect(() => {
    if (selected) card.current?.scrollIntoView({ block: 'nearest' });
  }, [selected]);
  const calls = useShownCalls(caller, keepPlaces);
  const unavailable = caller.calls.filter((call) => call.choices.length === 0);
  // The files are below the call buttons, and every task keeps its row: a call moves no button that is under the pointer.
  const callList = (
    <>
      <div className={styles.calls}>
        {[...calls].map(([verb, verbCalls]) => (
          <div key={verb} className={styles.verb} role="group" aria-label={verb}>
            <span aria-hidden="true">{verb}</span>
            <div>
              {verbCalls.map((call) => (
                <CallButton key={call.choice.title} call={call} callMode={callMode} />
              ))}
            </div>
          </div>
        ))}
      </div>
      {fds.length > 0 && (
        <ul className={styles.fds} aria-label={`Open files of ${caller.name}`}>
          {fds.map((fd) => (
            <li key={fd.name}>
              <FdButton fd={fd} />
            </li>
          ))}
        </ul>
      )}
      {unavailable.length > 0 && (
        <details className={styles.unavailable}>
          <summary>Unavailable ({unavailable.length})</summary>
          <dl>
            {unavailable.map(({ call, title, unavailableReason }) => (
              <div key={call}>
                <dt>{title}</dt>
                <dd>{unavailableReason}</dd>
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
      aria-label={caller.name}
      style={{ '--process-colour': colour } as CSSProperties}
    >
      <h2 tabIndex={-1}>
        {caller.name} <small>{caller.kind === 'driver' ? 'kernel' : 'process'}</small>
      </h2>
      {tasks.length === 0 && <IdleTaskRow text="no calls" />}
      {tasks.map((task) => (
        <TaskRow
          key={task.name}
          task={task}
          named={tasks.length > 1 || task.name !== task.process}
        />
      ))}
      {collapsed ? (
        <details className={styles.collapsed}>
          <summary>
            Calls ({[...calls.values()].flat().filter((call) => call.available).length})
          </summary>
          {callList}
        </details>
      ) : (
        callList
      )}
    </section>
  );
}

/** The call buttons of a caller; while `keepPlaces`, none leaves its place. */
function useShownCalls(caller: Caller, keepPlaces: boolean): ShownCalls {
  const [shown, setShown] = useState(() => ({ caller, keepPlaces, calls: shownCalls(caller) }));
  if (shown.caller === caller && shown.keepPlaces === keepPlaces) return shown.calls;
  const calls = shownCalls(caller, keepPlaces ? shown.calls : undefined);
  setShown({ caller, keepPlaces, calls });
  return calls;
}

function FdButton({ fd }: { readonly fd: OpenFd }) {
  const session = useSessionStore();
  const selected = useSession((state) => state.selection === fd.file);
  const accessFlag = useSession((state) => accessFlagOf(currentSnapshot(state).program.model));
  const target = fd.device ?? (fd.group === undefined ? fd.kind : `group ${fd.group}`);
  return (
    <button
      type="button"
      className={styles.fd}
      aria-pressed={selected}
      onClick={() => dispatch(session, 'select', { name: selected ? undefined : fd.file })}
    >
      <b>{fd.name}</b> <span>{fd.kind === 'cdev' || fd.kind === 'device' ? target : fd.kind}</span>
      {fd.fops && (
        <em data-access={fd.fops} data-tooltip={fopsText(accessFlag, fd.fops)}>
          {accessLabel(fd.fops, accessFlag)}
        </em>
      )}
    </button>
  );
}

function CallButton({
  call: { choice, available },
  callMode,
}: {
  readonly call: ShownCall;
  readonly callMode: PageLayout['callMode'];
}) {
  const session = useSessionStore();
  return (
    <button
      type="button"
      className={`${buttons.button} ${buttons.small}`}
      aria-label={callMode === 'run' ? choice.title : `Start: ${choice.title}`}
      aria-disabled={!available || undefined}
      data-disabled={available ? undefined : ''}
      onClick={(event) => {
        if (!available) return;
        const command = (callMode === 'run') === event.shiftKey ? 'start-call' : 'run-call';
        dispatch(session, command, choice);
      }}
    >
      {choice.label}
    </button>
  );
}
