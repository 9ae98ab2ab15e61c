import { useEffect, useRef, useState } from 'react';
import { counterexampleSteps } from '../../../session/queries/counterexampleSteps';
import { changedLineCount, editedText, originalText } from '../../../session/queries/designDraft';
import { changesOf } from '../../../session/trace/traceTree';
import { dispatch } from '../../../session/actions/dispatch';
import { Icon } from '../../controls/Icon';
import buttons from '../../controls/controls.module.css';
import { useSession, useSessionStore } from '../../useSession';
import { downloadText } from '../../dialogs/download';
import { LiveVerdict } from '../check/LiveVerdict';
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
    const state = session.getState();
    const text = editedText(state);
    if (state.live && state.live.text !== text)
      dispatch(session, 'check-while-typing', { text, client });
    else if (state.check.kind !== 'running') dispatch(session, 'prepare-checks', { client });
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
          <b data-mark="path">1, 2, …</b> steps of the counterexample
        </span>
      )}
      {unnoticed && (
        <span>
          <b data-mark="unnoticed" /> can be removed without a violation
        </span>
      )}
    </p>
  );
}
