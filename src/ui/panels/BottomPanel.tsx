import { lazyPart } from '../lazyPart';
import { LoadErrorBoundary } from '../controls/LoadErrorBoundary';
import { useSession } from '../useSession';
import { Timeline } from './Timeline';
import styles from './BottomPanel.module.css';

const BranchList = lazyPart(async () => (await import('./BranchList')).BranchList);
const StepTable = lazyPart(async () => (await import('./StepTable')).StepTable);

/** The steps of the branch, as a timeline or a table. */
export function BottomPanel() {
  const view = useSession((state) => state.layout.bottomPanel);
  const hasBranches = useSession((state) => state.run.branches.length > 1);
  return (
    <div className={styles.panel}>
      {hasBranches && (
        <LoadErrorBoundary part="The list of branches">
          <BranchList />
        </LoadErrorBoundary>
      )}
      {view === 'table' ? (
        <LoadErrorBoundary part="The table of steps">
          <StepTable />
        </LoadErrorBoundary>
      ) : (
        <Timeline />
      )}
    </div>
  );
}
