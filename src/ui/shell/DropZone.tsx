import { useEffect, useState } from 'react';
import { dispatch } from '../../session/actions/dispatch';
import type { Session } from '../../session/store/session';
import styles from './DropZone.module.css';

/** Opens a file that is dropped anywhere on the page; while one is dragged over it, says what can be dropped. */
export function DropZone({ session }: { readonly session: Session }) {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const hasFile = (event: DragEvent): boolean =>
      event.dataTransfer?.types.includes('Files') === true;
    const onDragOver = (event: DragEvent): void => {
      if (!hasFile(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onDragLeave = (event: DragEvent): void => {
      // Between two elements of the page the event names the one that it enters.
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent): void => {
      setOver(false);
      const file = event.dataTransfer?.files[0];
      if (!file) return;
      event.preventDefault();
      dispatch(session, 'open-file', { file });
    };
    document.addEventListener('dragover', onDragOver);
    document.addEventListener('dragleave', onDragLeave);
    document.addEventListener('drop', onDrop);
    return () => {
      document.removeEventListener('dragover', onDragOver);
      document.removeEventListener('dragleave', onDragLeave);
      document.removeEventListener('drop', onDrop);
    };
  }, [session]);
  return isOver ? (
    <div className={styles.zone} role="status">
      <p>
        <b>Drop a file to open it</b>
        <span>a scenario, a design, an SVG of the playground, or a kernel trace (ftrace text)</span>
      </p>
    </div>
  ) : null;
}
