import { late } from '../late';
import { LoadGuard } from '../LoadGuard';
import { useSession } from '../useSession';
import { Timeline } from './Timeline';
import styles from './Foot.module.css';

const Branches = late(async () => (await import('./Branches')).Branches);
const Steps = late(async () => (await import('./Steps')).Steps);

/** What happened: as a timeline or as a table. */
export function Foot() {
  const foot = useSession((state) => state.layout.foot);
  const branched = useSession((state) => state.run.branches.length > 1);
  return (
    <div className={styles.foot}>
      {branched && (
        <LoadGuard what="The list of branches">
          <Branches />
        </LoadGuard>
      )}
      {foot === 'table' ? (
        <LoadGuard what="The table of steps">
          <Steps />
        </LoadGuard>
      ) : (
        <Timeline />
      )}
    </div>
  );
}
