import { useEffect, useRef, useState } from 'react';
import { propertyById } from '../../../kernel/properties/properties';
import { counterexampleSteps } from '../../../session/queries/counterexampleSteps';
import { changedLineCount, editedText, originalText } from '../../../session/queries/designDraft';
import { changesOf } from '../../../session/trace/traceTree';
import { currentSnapshot } from '../../../session/trace/replay';
import { dispatch } from '../../../session/actions/dispatch';
import { Icon } from '../../controls/Icon';
import buttons from '../../controls/controls.module.css';
import { formatCount } from '../../formatCount';
import { useSession, useSessionStore } from '../../useSession';
import { downloadText } from '../../dialogs/download';
import { useCheckClient } from '../check/useCheckClient';
import { createDesignEditor, type DesignEditor } from './designEditor';
import styles from './EditPanel.module.css';

/** The text of the design on screen. Each key checks it again; the stage follows. */
export function EditPanel() {
  const session = useSessionStore();
  const client = useCheckClient(session);
  const parent = useRef<HTMLDivElement>(null);
  const editor = useRef<DesignEditor>(undefined);
  const [showsChanges, setShowsChanges] = useState(false);
  const setup = useSession((state) => state.run.setup);
  const changes = changesOf(setup);
  const isOwn = changes.some((change) => change.kind === 'text' && change.own);
  const discardable = changes.length > (isOwn ? 1 : 0);

  useEffect(() => {
    if (!parent.current) return undefined;
    const created = createDesignEditor(parent.current, session, (text) =>
      dispatch(session, 'check-while-typing', { text, client }),
    );
    editor.current = created;
    const { check } = session.getState();
    if (check.kind !== 'running') dispatch(session, 'find-unnoticed-removals', { client });
    return () => {
      editor.current = undefined;
      created.destroy();
    };
  }, [session, client]);
  useEffect(
    () => editor.current?.showChanges(showsChanges ? originalText(setup) : undefined),
    [showsChanges, setup],
  );

  const lines = useSession(changedLineCount);
  return (
    <section className={styles.panel} aria-label="Edit">
      <div className={styles.bar}>
        <button
          type="button"
          className={`${buttons.button} ${buttons.small}`}
          aria-pressed={showsChanges}
          data-tooltip="Show the difference to the built-in design"
          disabled={isOwn || changes.length === 0}
          onClick={() => setShowsChanges(!showsChanges)}
        >
          Changes{lines ? ` +${lines.inserted} −${lines.removed}` : ''}
        </button>
        <button
          type="button"
          className={`${buttons.button} ${buttons.small}`}
          disabled={!discardable}
          onClick={() => dispatch(session, 'discard-mutations')}
        >
          Discard
        </button>
        <button
          type="button"
          className={`${buttons.button} ${buttons.small}`}
          data-tooltip="Write a design that is not built in"
          onClick={() => dispatch(session, 'new-design')}
        >
          New
        </button>
        <button
          type="button"
          className={`${buttons.button} ${buttons.small}`}
          data-tooltip="Save the text as a file for --design and for dropping on this page"
          onClick={() =>
            downloadText(
              `${setup.scenario.design}.design`,
              editedText(session.getState()),
              'text/plain',
            )
          }
        >
          Save
        </button>
        <button
          type="button"
          className={`${buttons.button} ${buttons.small}`}
          data-tooltip="Share the run with these changes as a link"
          onClick={() => dispatch(session, 'share')}
        >
          <Icon name="share" size={12} />
          Link
        </button>
      </div>
      <div>
        <LiveVerdict onJump={(line) => editor.current?.jumpTo(line)} />
        <MarkLegend />
      </div>
      <div className={styles.editor} ref={parent} />
    </section>
  );
}

/** What the marks before the lines mean; nothing if there are none. */
function MarkLegend() {
  const path = useSession((state) => counterexampleSteps(state).size > 0);
  const unnoticed = useSession(({ removals }) => (removals?.unnoticed.size ?? 0) > 0);
  if (!path && !unnoticed) return undefined;
  return (
    <p className={styles.legend}>
      {path && (
        <span>
          <b data-mark="path">7</b> step of the counterexample
        </span>
      )}
      {unnoticed && (
        <span>
          <b data-mark="unnoticed" /> no property notices if it is removed
        </span>
      )}
    </p>
  );
}

/** The answer to the last key. While a newer text is being checked, it is marked as out of date. */
function LiveVerdict({ onJump }: { readonly onJump: (line: number) => void }) {
  const session = useSessionStore();
  const live = useSession((state) => state.live);
  const calls = useSession((state) => currentSnapshot(state).program.calls.length);
  const answer = live?.answer;
  if (!live || !answer)
    return (
      <p className={styles.verdict} role="status">
        {live?.pending
          ? 'Checking…'
          : `Each change is checked at once in all interleavings of the ${calls} calls on screen.`}
      </p>
    );
  const stale = live.pending ? '' : undefined;
  if (!answer.ok) {
    const place = /text:(\d+):\d+: (.*)$/s.exec(answer.message);
    return (
      <p className={styles.verdict} data-verdict="error" data-stale={stale} role="status">
        {place ? (
          <>
            <button type="button" className={styles.place} onClick={() => onJump(Number(place[1]))}>
              Line {place[1]}
            </button>{' '}
            {place[2]}
          </>
        ) : (
          answer.message
        )}
      </p>
    );
  }
  const { verdict, properties, states, seconds } = answer.result;
  const violated = properties.filter(({ status }) => status === 'violated');
  const witness = violated[0]?.witness;
  const time =
    live.milliseconds < 1000
      ? `${Math.round(live.milliseconds)} ms`
      : `${(live.milliseconds / 1000).toFixed(1)} s`;
  return (
    <div className={styles.verdict} data-verdict={verdict} data-stale={stale} role="status">
      <p>
        <Icon
          name={verdict === 'holds' ? 'check' : verdict === 'violated' ? 'close' : 'question'}
        />
        <b>
          {verdict === 'holds'
            ? 'Holds'
            : verdict === 'violated'
              ? violated.map(({ id }) => propertyById(id).title).join(', ')
              : 'Unknown'}
        </b>
        <span
          className={styles.count}
          data-tooltip={`${Math.round(seconds * 1000)} ms of it in the checker`}
        >
          {live.pending ? 'out of date, checking…' : `${formatCount(states)} states, ${time}`}
        </span>
      </p>
      {witness && <p>{witness.text}</p>}
      {witness && violated[0] && (
        <button
          type="button"
          className={`${buttons.button} ${buttons.small}`}
          aria-label={`Play the counterexample to ${violated[0].id}`}
          disabled={live.pending}
          onClick={() => {
            dispatch(session, 'show-checked-text');
            const { check } = session.getState();
            if (check.kind === 'done')
              dispatch(session, 'show-counterexample', {
                subject: check.subject,
                name: violated[0]?.id ?? '',
                schedule: witness.schedule,
              });
          }}
        >
          <Icon name="play" size={12} />
          {witness.steps} steps
        </button>
      )}
    </div>
  );
}
