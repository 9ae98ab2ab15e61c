import { useEffect } from 'react';
import type { Session } from '../../session/store/session';
import { dispatch } from '../../session/actions/dispatch';

/** Opens a scenario file that is dropped on the page. */
export function useFileDrop(session: Session): void {
  useEffect(() => {
    const onDragOver = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files') === true) event.preventDefault();
    };
    const onDrop = (event: DragEvent): void => {
      const file = event.dataTransfer?.files[0];
      if (!file) return;
      event.preventDefault();
      dispatch(session, 'open-file', { file });
    };
    document.addEventListener('dragover', onDragOver);
    document.addEventListener('drop', onDrop);
    return () => {
      document.removeEventListener('dragover', onDragOver);
      document.removeEventListener('drop', onDrop);
    };
  }, [session]);
}
