import { useEffect } from 'react';
import { setPageLayout } from '../../session/actions/pageLayout';
import { branchCaptions } from '../../session/queries/captions';
import type { Session } from '../../session/store/session';
import { isPlayingToTarget, pause, playTo } from '../../session/actions/playback';

/** Lets a page that was opened without a wish move once, up to the first point of its story. Any key or press takes over at once. */
export function useIntroPlayback(session: Session): void {
  useEffect(() => {
    if (!session.getState().layout.autoplayIntro) return undefined;
    const takeOver = (): void => {
      if (isPlayingToTarget(session)) pause(session);
    };
    const leave = session.subscribe((state, before) => {
      if (state.layout.autoplayIntro && state.run !== before.run && !isPlayingToTarget(session))
        setPageLayout(session, { autoplayIntro: false });
    });
    addEventListener('keydown', takeOver, true);
    addEventListener('pointerdown', takeOver, true);
    addEventListener('wheel', takeOver, { capture: true, passive: true });
    const first = branchCaptions(session.getState()).findIndex((beat) => beat !== undefined);
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
