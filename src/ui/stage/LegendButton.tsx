import { PopoverButton } from '../controls/PopoverButton';
import { lazyPart } from '../lazyPart';
import { LoadErrorBoundary } from '../controls/LoadErrorBoundary';
import styles from './Legend.module.css';

const LegendList = lazyPart(async () => (await import('./LegendList')).LegendList);

export function LegendButton() {
  return (
    <PopoverButton
      label="Legend"
      popoverClassName={styles.popup}
      content={
        <LoadErrorBoundary part="The legend">
          <LegendList />
        </LoadErrorBoundary>
      }
    >
      Legend
    </PopoverButton>
  );
}
