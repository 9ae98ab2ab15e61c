import { lazy, Suspense } from 'react';
import { setPageLayout } from '../../session/actions/pageLayout';
import type { PageLayout } from '../../session/store/session';
import { Segmented } from '../controls/Segmented';
import { LoadErrorBoundary } from '../controls/LoadErrorBoundary';
import { useSession, useSessionStore } from '../useSession';
import { SourcePanel } from './SourcePanel';
import styles from './SidePanel.module.css';

const CheckPanel = lazy(async () => ({
  default: (await import('./check/CheckPanel')).CheckPanel,
}));

/** Beside the stage: the listing of the running call, or the check of every interleaving. */
export function SidePanel() {
  const session = useSessionStore();
  const side = useSession((state) => state.layout.sidePanel);
  return (
    <div className={styles.side}>
      <Segmented<PageLayout['sidePanel']>
        label="Beside the stage"
        value={side}
        className={styles.tabs ?? ''}
        onSelect={(value) => setPageLayout(session, { sidePanel: value })}
        segments={[
          { value: 'source', text: 'Source' },
          { value: 'check', text: 'Check' },
        ]}
      />
      {side === 'source' ? (
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
