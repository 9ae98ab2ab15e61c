import { useEffect, useRef } from 'react';
import styles from './PresenterBar.module.css';

/** A dot that follows the mouse or the finger. */
export function LaserPointer() {
  const dot = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    // On the element directly, so that a move renders nothing.
    const move = ({ clientX, clientY }: PointerEvent): void => {
      if (!dot.current) return;
      dot.current.style.transform = `translate(${clientX}px, ${clientY}px)`;
      dot.current.hidden = false;
    };
    document.addEventListener('pointermove', move, { passive: true });
    document.addEventListener('pointerdown', move, { passive: true });
    return () => {
      document.removeEventListener('pointermove', move);
      document.removeEventListener('pointerdown', move);
    };
  }, []);
  return <span ref={dot} className={styles.dot} data-pointer="" hidden aria-hidden="true" />;
}
