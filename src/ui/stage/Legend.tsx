import { PopUp } from '../controls/PopUp';
import { late } from '../late';
import { LoadGuard } from '../LoadGuard';
import styles from './Legend.module.css';

const LegendList = late(async () => (await import('./LegendList')).LegendList);

/** The button that opens the legend. */
export function Legend() {
  return (
    <PopUp
      label="Legend"
      popupClassName={styles.popup}
      content={
        <LoadGuard what="The legend">
          <LegendList />
        </LoadGuard>
      }
    >
      Legend
    </PopUp>
  );
}
