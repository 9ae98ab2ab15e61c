import { useEffect } from 'react';
import { branchCaptions } from '../../session/queries/captions';
import { prefersReducedMotion } from '../../session/actions/reducedMotion';
import type { Session } from '../../session/store/session';
import { isPlayingToTarget } from '../../session/actions/playback';
import { dispatch } from '../../session/actions/dispatch';

/** Plays to the first caption if the page was opened without a link or parameters. Any key, press or scroll stops it. */
export function useIntroPlayback(session: Session): void {
  useEffect(() => {
    if (!session.getState().layout.autoplayIntro) return undefined;
    const stop = (): void => {
      if (isPlayingToTarget(session)) dispatch(session, 'pause');
    };
    const unsubscribe = session.subscribe((state, before) => {
      if (state.layout.autoplayIntro && state.run !== before.run && !isPlayingToTarget(session))
        dispatch(session, 'set-layout', { autoplayIntro: false });
    });
    addEventListener('keydown', stop, true);
    addEventListener('pointerdown', stop, true);
    addEventListener('wheel', stop, { capture: true, passive: true });
    const first = branchCaptions(session.getState()).findIndex((caption) => caption !== undefined);
    if (first > 0 && !prefersReducedMotion()) dispatch(session, 'play-to', { depth: first });
    return () => {
      unsubscribe();
      stop();
      removeEventListener('keydown', stop, true);
      removeEventListener('pointerdown', stop, true);
      removeEventListener('wheel', stop, true);
    };
  }, [session]);
}
