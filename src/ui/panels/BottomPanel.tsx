import { lazyPart } from '../controls/lazyPart';
import { useSession } from '../useSession';
import { StepFooter } from './StepFooter';
import { Timeline } from './Timeline';
import styles from './BottomPanel.module.css';

const StepTable = lazyPart({
  name: 'The table of steps',
  load: async () => (await import('./StepTable')).StepTable,
  preload: true,
});

/** The steps of the branch, as a timeline or a table. */
export function BottomPanel() {
  const view = useSession((state) => state.layout.bottomPanel);
  return (
    <div className={styles.panel}>
      {view === 'table' ? (
        <>
          <StepTable />
          <StepFooter />
        </>
      ) : (
        <Timeline />
      )}
    </div>
  );
}
