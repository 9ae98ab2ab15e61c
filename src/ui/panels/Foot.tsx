import { useSession } from '../useSession';
import { Branches } from './Branches';
import { Steps } from './Steps';
import { Timeline } from './Timeline';
import styles from './Foot.module.css';

/** What happened: as a timeline or as a table. */
export function Foot() {
  const foot = useSession((state) => state.layout.foot);
  return (
    <div className={styles.foot}>
      <Branches />
      {foot === 'table' ? <Steps /> : <Timeline />}
    </div>
  );
}
