import { useSession } from '../useSession';
import buttons from './controls.module.css';

/** What a screen reader says. A component by itself: a message after each key renders nothing else. */
export function Announcement() {
  const text = useSession((state) => state.announcement);
  return (
    <div className={buttons.hidden} aria-live="polite" aria-atomic="true">
      {text}
    </div>
  );
}
