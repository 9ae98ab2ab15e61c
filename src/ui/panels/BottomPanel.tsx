import { lazyPart } from '../lazyPart';
import { LoadErrorBoundary } from '../controls/LoadErrorBoundary';
import { useSession } from '../useSession';
import { Timeline } from './Timeline';
import styles from './BottomPanel.module.css';

const BranchList = lazyPart(async () => (await import('./BranchList')).BranchList);
const StepTable = lazyPart(async () => (await import('./StepTable')).StepTable);

/** What happened: as a timeline or as a table. */
export function BottomPanel() {
  const foot = useSession((state) => state.layout.bottomPanel);
  const branched = useSession((state) => state.run.branches.length > 1);
  return (
    <div className={styles.foot}>
      {branched && (
        <LoadErrorBoundary part="The list of branches">
          <BranchList />
        </LoadErrorBoundary>
      )}
      {foot === 'table' ? (
        <LoadErrorBoundary part="The table of steps">
          <StepTable />
        </LoadErrorBoundary>
      ) : (
        <Timeline />
      )}
    </div>
  );
}
