import { lazyPart } from '../controls/lazyPart';
import { useSession } from '../useSession';
import styles from './BottomPanel.module.css';

const BranchList = lazyPart({
  name: 'The list of branches',
  load: async () => (await import('./BranchList')).BranchList,
  preload: true,
});

/** The branches, and what a step did. Its height is fixed: a new branch moves nothing. */
export function StepFooter({ text }: { readonly text?: string }) {
  const hasBranches = useSession((state) => state.run.branches.length > 1);
  return (
    <footer className={styles.footer}>
      {hasBranches && <BranchList />}
      {text !== undefined && (
        <p className={styles.stepText} data-tooltip={text}>
          {text}
        </p>
      )}
    </footer>
  );
}
