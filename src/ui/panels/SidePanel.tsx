import type { PageLayout } from '../../session/store/session';
import { Segmented } from '../controls/Segmented';
import { lazyPart } from '../controls/lazyPart';
import { useSession, useSessionStore } from '../useSession';
import { SourcePanel } from './SourcePanel';
import styles from './SidePanel.module.css';
import { dispatch } from '../../session/actions/dispatch';

const CheckPanel = lazyPart({
  name: 'The checker',
  load: async () => (await import('./check/CheckPanel')).CheckPanel,
  placeholder: <p className={styles.loading}>Loading…</p>,
});

const ScenarioPanel = lazyPart({
  name: 'The scenario editor',
  load: async () => (await import('./scenario/ScenarioPanel')).ScenarioPanel,
  placeholder: <p className={styles.loading}>Loading…</p>,
});

const EditPanel = lazyPart({
  name: 'The design editor',
  load: async () => (await import('./edit/EditPanel')).EditPanel,
  placeholder: <p className={styles.loading}>Loading…</p>,
});

/** The scenario, the source of the running call, the text of the design, or the check of every interleaving. */
export function SidePanel() {
  const session = useSessionStore();
  const sidePanel = useSession((state) => state.layout.sidePanel);
  return (
    <div className={styles.side} data-side-panel={sidePanel}>
      <Segmented<PageLayout['sidePanel']>
        label="Side panel"
        value={sidePanel}
        className={styles.tabs ?? ''}
        onSelect={(value) => dispatch(session, 'set-layout', { sidePanel: value })}
        segments={[
          { value: 'scenario', text: 'Scenario' },
          { value: 'source', text: 'Source' },
          { value: 'edit', text: 'Edit' },
          { value: 'check', text: 'Check' },
        ]}
      />
      {sidePanel === 'scenario' ? (
        <ScenarioPanel />
      ) : sidePanel === 'source' ? (
        <SourcePanel />
      ) : sidePanel === 'edit' ? (
        <EditPanel />
      ) : (
        <CheckPanel />
      )}
    </div>
  );
}
