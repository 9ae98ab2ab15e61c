import { lazy, Suspense } from 'react';
import type { PageLayout } from '../../session/store/session';
import { Segmented } from '../controls/Segmented';
import { LoadErrorBoundary } from '../controls/LoadErrorBoundary';
import { useSession, useSessionStore } from '../useSession';
import { SourcePanel } from './SourcePanel';
import styles from './SidePanel.module.css';
import { dispatch } from '../../session/actions/dispatch';

const CheckPanel = lazy(async () => ({
  default: (await import('./check/CheckPanel')).CheckPanel,
}));

/** The source of the running call, or the check of every interleaving. */
export function SidePanel() {
  const session = useSessionStore();
  const sidePanel = useSession((state) => state.layout.sidePanel);
  return (
    <div className={styles.side}>
      <Segmented<PageLayout['sidePanel']>
        label="Side panel"
        value={sidePanel}
        className={styles.tabs ?? ''}
        onSelect={(value) => dispatch(session, 'set-layout', { sidePanel: value })}
        segments={[
          { value: 'source', text: 'Source' },
          { value: 'check', text: 'Check' },
        ]}
      />
      {sidePanel === 'source' ? (
        <SourcePanel />
      ) : (
        <LoadErrorBoundary part="The checker">
          <Suspense
            fallback={
              <p className={styles.loading} data-loading="">
                Loading the checker…
              </p>
            }
          >
            <CheckPanel />
          </Suspense>
        </LoadErrorBoundary>
      )}
    </div>
  );
}
