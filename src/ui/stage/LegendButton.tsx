import { PopoverButton } from '../controls/PopoverButton';
import { lazyPart } from '../controls/lazyPart';
import styles from './Legend.module.css';

const LegendList = lazyPart({
  name: 'The legend',
  load: async () => (await import('./LegendList')).LegendList,
  preload: true,
});

export function LegendButton() {
  return (
    <PopoverButton label="Legend" popoverClassName={styles.popup} content={<LegendList />}>
      Legend
    </PopoverButton>
  );
}
