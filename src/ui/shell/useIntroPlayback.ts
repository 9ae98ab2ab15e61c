import { useEffect } from 'react';
import { branchCaptions } from '../../session/queries/captions';
import { prefersReducedMotion } from '../../session/actions/reducedMotion';
import type { Session } from '../../session/store/session';
import { isPlayingToTarget } from '../../session/actions/playback';
import { dispatch } from '../../session/actions/dispatch';

/** Lets a page that was opened without a wish move once, up to the first point of its story. Any key or press takes over at once. */
export function useIntroPlayback(session: Session): void {
  useEffect(() => {
    if (!session.getState().layout.autoplayIntro) return undefined;
    const takeOver = (): void => {
      if (isPlayingToTarget(session)) dispatch(session, 'pause');
    };
    const leave = session.subscribe((state, before) => {
      if (state.layout.autoplayIntro && state.run !== before.run && !isPlayingToTarget(session))
        dispatch(session, 'set-layout', { autoplayIntro: false });
    });
    addEventListener('keydown', takeOver, true);
    addEventListener('pointerdown', takeOver, true);
    addEventListener('wheel', takeOver, { capture: true, passive: true });
    const first = branchCaptions(session.getState()).findIndex((beat) => beat !== undefined);
    if (first > 0 && !prefersReducedMotion()) dispatch(session, 'play-to', { depth: first });
    return () => {
      leave();
      takeOver();
      removeEventListener('keydown', takeOver, true);
      removeEventListener('pointerdown', takeOver, true);
      removeEventListener('wheel', takeOver, true);
    };
  }, [session]);
}
