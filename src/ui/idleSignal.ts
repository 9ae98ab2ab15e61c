import { useEffect } from 'react';
import type { Session } from '../session/store/session';
import { afterPaint } from './schedule';

/** Keeps `<html data-idle>` at whether the page is idle: it does not play, load (`data-loading`) or run a finite animation. Browser tests wait for it. */
export function useIdleSignal(session: Session): void {
  useEffect(() => {
    const { dataset } = document.documentElement;
    let frame = 0;
    const update = (): void => {
      // Not idle, and asking for animations computes styles. The end of playback is a change as well.
      if (session.getState().settings.playing) return;
      const animating = document
        .getAnimations()
        .some(
          ({ playState, effect }) =>
            playState === 'running' && effect?.getComputedTiming().endTime !== Infinity,
        );
      const loading = document.querySelector('[data-loading]') !== null;
      const idle = !animating && !loading;
      if (dataset['idle'] !== String(idle)) dataset['idle'] = String(idle);
      frame = animating || loading ? requestAnimationFrame(update) : 0;
    };
    const onChange = (): void => {
      dataset['idle'] = 'false';
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        frame = requestAnimationFrame(update);
      });
    };
    onChange();
    const unsubscribe = session.subscribe(onChange);
    return () => {
      unsubscribe();
      cancelAnimationFrame(frame);
    };
  }, [session]);
}

/** Calls back once, when the page (`useIdleSignal`) is idle for the first time. */
export function afterIdleSignal(callback: () => void): void {
  const html = document.documentElement;
  const observer = new MutationObserver(() => {
    if (html.dataset['idle'] !== 'true') return;
    observer.disconnect();
    afterPaint(callback);
  });
  observer.observe(html, { attributeFilter: ['data-idle'] });
}
