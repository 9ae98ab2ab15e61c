import { dispatch } from '../../../session/actions/dispatch';
import { useSessionStore } from '../../useSession';
import styles from './PresenterBar.module.css';

/** Covers the page until a key or a press shows it again. */
export function BlackScreen() {
  const session = useSessionStore();
  return (
    <button
      type="button"
      className={styles.black}
      aria-label="The screen is black. Show it again"
      onClick={() => dispatch(session, 'present-black')}
    />
  );
}
