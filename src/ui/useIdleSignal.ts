import { useEffect } from 'react';
import type { Session } from '../session/store/session';

/** Keeps `<html data-idle>` true while nothing plays, nothing (`data-loading`) loads and no finite animation runs: what the browser tests wait for. */
export function useIdleSignal(session: Session): void {
  useEffect(() => {
    const { dataset } = document.documentElement;
    let pending = 0;
    const look = (): void => {
      const running = document
        .getAnimations()
        .some(
          (each) =>
            each.playState === 'running' && each.effect?.getComputedTiming().endTime !== Infinity,
        );
      const loading = document.querySelector('[data-loading]') !== null;
      const idle = !running && !loading && !session.getState().settings.playing;
      if (dataset['idle'] !== String(idle)) dataset['idle'] = String(idle);
      pending = running || loading ? requestAnimationFrame(look) : 0;
    };
    const stir = (): void => {
      dataset['idle'] = 'false';
      cancelAnimationFrame(pending);
      pending = requestAnimationFrame(() => {
        pending = requestAnimationFrame(look);
      });
    };
    stir();
    const leave = session.subscribe(stir);
    return () => {
      leave();
      cancelAnimationFrame(pending);
    };
  }, [session]);
}
