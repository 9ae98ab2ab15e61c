import { useEffect } from 'react';
import { arrange } from '../../session/arrange';
import { branchBeats } from '../../session/beats';
import type { Session } from '../../session/session';
import { isShowing, pause, playTo } from '../../session/transport';

/** Lets a page that was opened without a wish move once, up to the first point of its story. Any key or press takes over at once. */
export function useOpening(session: Session): void {
  useEffect(() => {
    if (!session.getState().layout.opening) return undefined;
    const takeOver = (): void => {
      if (isShowing(session)) pause(session);
    };
    const leave = session.subscribe((state, before) => {
      if (state.layout.opening && state.run !== before.run && !isShowing(session))
        arrange(session, { opening: false });
    });
    addEventListener('keydown', takeOver, true);
    addEventListener('pointerdown', takeOver, true);
    addEventListener('wheel', takeOver, { capture: true, passive: true });
    const first = branchBeats(session.getState()).findIndex((beat) => beat !== undefined);
    if (first > 0 && !matchMedia('(prefers-reduced-motion: reduce)').matches)
      playTo(session, first);
    return () => {
      leave();
      takeOver();
      removeEventListener('keydown', takeOver, true);
      removeEventListener('pointerdown', takeOver, true);
      removeEventListener('wheel', takeOver, true);
    };
  }, [session]);
}
