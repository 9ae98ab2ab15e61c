import { lazyPart } from '../controls/lazyPart';
import { useSession } from '../useSession';
import { Timeline } from './Timeline';
import styles from './BottomPanel.module.css';

const BranchList = lazyPart({
  name: 'The list of branches',
  load: async () => (await import('./BranchList')).BranchList,
  preload: true,
});
const StepTable = lazyPart({
  name: 'The table of steps',
  load: async () => (await import('./StepTable')).StepTable,
  preload: true,
});

/** The steps of the branch, as a timeline or a table. */
export function BottomPanel() {
  const view = useSession((state) => state.layout.bottomPanel);
  const hasBranches = useSession((state) => state.run.branches.length > 1);
  return (
    <div className={styles.panel}>
      {hasBranches && <BranchList />}
      {view === 'table' ? <StepTable /> : <Timeline />}
    </div>
  );
}
