import { lazy, Suspense } from 'react';
import { arrange } from '../../session/arrange';
import type { Layout } from '../../session/session';
import { Segmented } from '../controls/Segmented';
import { LoadGuard } from '../LoadGuard';
import { useSession, useSessionStore } from '../useSession';
import { Listing } from './Listing';
import styles from './Side.module.css';

const CheckPanel = lazy(async () => ({
  default: (await import('../check/CheckPanel')).CheckPanel,
}));

/** Beside the stage: the listing of the running call, or the check of every interleaving. */
export function Side() {
  const session = useSessionStore();
  const side = useSession((state) => state.layout.side);
  return (
    <div className={styles.side}>
      <Segmented<Layout['side']>
        label="Beside the stage"
        value={side}
        className={styles.tabs ?? ''}
        onPick={(value) => arrange(session, { side: value })}
        segments={[
          { value: 'listing', text: 'Listing' },
          { value: 'check', text: 'Can this go wrong?' },
        ]}
      />
      {side === 'listing' ? (
        <Listing />
      ) : (
        <LoadGuard what="The checker">
          <Suspense
            fallback={
              <p className={styles.loading} data-loading="">
                Loading the checker…
              </p>
            }
          >
            <CheckPanel />
          </Suspense>
        </LoadGuard>
      )}
    </div>
  );
}
