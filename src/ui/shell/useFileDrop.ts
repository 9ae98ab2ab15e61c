import { useEffect } from 'react';
import type { Session } from '../../session/store/session';
import { dispatch } from '../../session/actions/dispatch';

/** Opens a scenario file that is dropped anywhere on the page. */
export function useFileDrop(session: Session): void {
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files') === true) event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      const file = event.dataTransfer?.files[0];
      if (!file) return;
      event.preventDefault();
      dispatch(session, 'open-file', { file });
    };
    document.addEventListener('dragover', over);
    document.addEventListener('drop', drop);
    return () => {
      document.removeEventListener('dragover', over);
      document.removeEventListener('drop', drop);
    };
  }, [session]);
}
