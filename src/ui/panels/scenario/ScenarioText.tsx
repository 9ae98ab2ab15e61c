import { useEffect, useRef, useState } from 'react';
import { makeScenario } from '../../../scenario/format/makeScenario';
import { parseScenario } from '../../../scenario/format/parseScenario';
import type { InputError } from '../../../scenario/format/scenario';
import { dispatch } from '../../../session/actions/dispatch';
import { editedScenario } from '../../../session/queries/editedScenario';
import type { SessionState } from '../../../session/store/session';
import { createCodeEditor, setEditorText } from '../../editor/codeEditor';
import { scenarioLanguage } from '../../editor/scenarioLanguage';
import { useSessionStore } from '../../useSession';
import styles from './ScenarioPanel.module.css';

/** The JSON of the scenario. A valid text is on the stage at once; an invalid one stays here with its errors. */
export function ScenarioText() {
  const session = useSessionStore();
  const parent = useRef<HTMLDivElement>(null);
  const [errors, setErrors] = useState<readonly InputError[]>([]);
  useEffect(() => {
    if (!parent.current) return undefined;
    let applying = false;
    const show = (text: string): void => {
      const parsed = parseScenario(text);
      setErrors(parsed.ok ? [] : parsed.errors);
    };
    const initial = textInEditor(session.getState());
    const view = createCodeEditor({
      parent: parent.current,
      text: initial,
      label: 'Text of the scenario',
      extensions: scenarioLanguage,
      onChange: (text) => {
        show(text);
        if (!applying) dispatch(session, 'edit-scenario-text', { text });
      },
    });
    show(initial);
    view.focus();
    const unsubscribe = session.subscribe((state, before) => {
      if (state.run === before.run && state.scenarioDraft === before.scenarioDraft) return;
      // The text that was typed last may still be on its way to the session.
      if (state.scenarioDraft !== before.scenarioDraft) return;
      applying = true;
      setEditorText(view, textInEditor(state));
      applying = false;
    });
    return () => {
      unsubscribe();
      view.destroy();
    };
  }, [session]);
  const [first] = errors;
  return (
    <div className={styles.text}>
      <p className={styles.status} data-verdict={first ? 'error' : undefined} role="status">
        {first
          ? `${first.path === '$' ? '' : `${first.path}: `}${first.message}${errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''}`
          : 'The stage shows this scenario. Ctrl+Space completes keys and names.'}
      </p>
      <div className={styles.editor} ref={parent} />
    </div>
  );
}

/** What was typed, if the scenario on screen comes from it or it is an invalid edit of that one; else the scenario as a file. */
function textInEditor(state: SessionState): string {
  const scenario = editedScenario(state);
  const { scenarioDraft: draft } = state;
  return draft?.of === scenario ? draft.text : makeScenario(scenario, { namesSchema: true });
}
