import { useEffect, useRef, useState } from 'react';
import { exportFileName } from '../../../export/exports';
import { scenarioExport } from '../../../export/formats/scenarioFile';
import { dispatch } from '../../../session/actions/dispatch';
import { editedScenario, isRunByHand } from '../../../session/queries/editedScenario';
import type { PageLayout } from '../../../session/store/session';
import { permalinkOf } from '../../../session/url/permalink';
import { makeScenario } from '../../../scenario/format/makeScenario';
import { CommandButton } from '../../controls/CommandButton';
import { lazyPart } from '../../controls/lazyPart';
import { Segmented } from '../../controls/Segmented';
import buttons from '../../controls/controls.module.css';
import { downloadText } from '../../dialogs/download';
import { useSession, useSessionStore } from '../../useSession';
import { ScenarioForm } from './ScenarioForm';
import styles from './ScenarioPanel.module.css';

const ScenarioText = lazyPart({
  name: 'The text of the scenario',
  load: async () => (await import('./ScenarioText')).ScenarioText,
  placeholder: <p className={styles.note}>Loading…</p>,
});

/** Long enough to read it. */
const STATUS_MS = 4000;

/** The scenario on screen as a form or as text. Every edit shows on the stage at once. */
export function ScenarioPanel() {
  const session = useSessionStore();
  const view = useSession((state) => state.layout.scenarioView);
  const scenario = useSession(editedScenario);
  const byHand = useSession((state) => state.run.cursor > 0 && isRunByHand(state));
  const [status, setStatus] = useState('');
  const clearing = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(clearing.current), []);
  // Browsers refuse the clipboard to frames and insecure pages; the dialog has the text to select.
  const copy = async (what: string, text: string): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setStatus(`${what} copied.`);
      clearTimeout(clearing.current);
      clearing.current = setTimeout(() => setStatus(''), STATUS_MS);
    } catch {
      dispatch(session, 'share');
    }
  };
  const fileText = (): string => makeScenario(scenario, { namesSchema: true });
  return (
    <section className={styles.panel} aria-label="Scenario">
      <div className={styles.bar}>
        <CommandButton command="undo" icon="undo" />
        <BarButton
          text="New"
          title="Start a new scenario"
          onPress={() => dispatch(session, 'new-scenario')}
        />
        <BarButton
          text="Save"
          title="Save the scenario as a file"
          onPress={() => downloadText(exportFileName(scenario.title, scenarioExport), fileText())}
        />
        <BarButton
          text="Copy"
          title="Copy the scenario as JSON"
          onPress={() => void copy('Scenario', fileText())}
        />
        <BarButton
          text="Link"
          title="Copy a link to this run"
          onPress={() =>
            void copy(
              'Link',
              location.href.replace(/[?#].*$/s, '') + permalinkOf(session.getState()),
            )
          }
        />
        <span className={styles.copied} role="status">
          {status}
        </span>
        <Segmented<PageLayout['scenarioView']>
          label="Scenario as"
          value={view}
          onSelect={(value) => dispatch(session, 'set-layout', { scenarioView: value })}
          segments={[
            { value: 'form', text: 'Form' },
            { value: 'text', text: 'Text', tooltip: 'The JSON of the scenario  J' },
          ]}
        />
        {byHand && (
          <p className={styles.byHand}>
            This run was made by hand.{' '}
            <button
              type="button"
              className={`${buttons.button} ${buttons.small}`}
              onClick={() => dispatch(session, 'keep-run')}
            >
              Keep as a scenario
            </button>
          </p>
        )}
      </div>
      {view === 'form' ? <ScenarioForm scenario={scenario} /> : <ScenarioText />}
    </section>
  );
}

function BarButton({
  text,
  title,
  onPress,
}: {
  readonly text: string;
  readonly title: string;
  readonly onPress: () => void;
}) {
  return (
    <button
      type="button"
      className={`${buttons.button} ${buttons.small}`}
      aria-label={title}
      data-tooltip={title}
      onClick={onPress}
    >
      {text}
    </button>
  );
}
