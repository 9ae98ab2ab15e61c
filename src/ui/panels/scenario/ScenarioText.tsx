import type { EditorView } from '@codemirror/view';
import { useEffect, useRef, useState } from 'react';
import { makeScenario } from '../../../scenario/format/makeScenario';
import { dispatch } from '../../../session/actions/dispatch';
import { editedScenario } from '../../../session/queries/editedScenario';
import type { SessionState } from '../../../session/store/session';
import { createCodeEditor, setEditorText } from '../../editor/codeEditor';
import { scenarioDiagnostics, scenarioLanguage } from '../../editor/scenarioLanguage';
import { useSessionStore } from '../../useSession';
import buttons from '../../controls/controls.module.css';
import styles from './ScenarioPanel.module.css';

interface Problem {
  readonly from: number;
  readonly line: number;
  readonly message: string;
}

/** The JSON of the scenario. A valid text is on the stage at once; an invalid one stays here with its errors. */
export function ScenarioText() {
  const session = useSessionStore();
  const parent = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView>(undefined);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  useEffect(() => {
    if (!parent.current) return undefined;
    let applying = false;
    const view = createCodeEditor({
      parent: parent.current,
      text: textInEditor(session.getState()),
      label: 'Text of the scenario',
      extensions: scenarioLanguage,
      onChange: (text) => {
        showProblems();
        if (!applying) dispatch(session, 'edit-scenario-text', { text });
      },
    });
    const showProblems = (): void =>
      setProblems(
        scenarioDiagnostics(view).map(({ from, message }) => ({
          from,
          line: view.state.doc.lineAt(from).number,
          message,
        })),
      );
    const takeFocus = (): void => {
      if (!session.getState().focusesText) return;
      session.setState({ focusesText: false });
      view.focus();
    };
    showProblems();
    editor.current = view;
    takeFocus();
    const unsubscribe = session.subscribe((state, before) => {
      takeFocus();
      if (state.run === before.run && state.scenarioDraft === before.scenarioDraft) return;
      // The text that was typed last may still be on its way to the session.
      if (state.scenarioDraft !== before.scenarioDraft) return;
      applying = true;
      setEditorText(view, textInEditor(state));
      applying = false;
    });
    return () => {
      unsubscribe();
      editor.current = undefined;
      view.destroy();
    };
  }, [session]);
  const jumpTo = (position: number): void => {
    editor.current?.dispatch({ selection: { anchor: position }, scrollIntoView: true });
    editor.current?.focus();
  };
  const [first] = problems;
  return (
    <div className={styles.text}>
      <p className={styles.status} data-verdict={first ? 'error' : undefined} role="status">
        {first ? (
          <>
            <button type="button" className={buttons.textLink} onClick={() => jumpTo(first.from)}>
              Line {first.line}
            </button>{' '}
            {first.message}
            {problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''}
          </>
        ) : (
          'The stage shows this scenario. Ctrl+Space completes keys and names.'
        )}
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
