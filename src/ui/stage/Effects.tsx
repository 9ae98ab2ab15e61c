import { memo, useEffect, useLayoutEffect, useRef } from 'react';
import { ViewportPortal } from '@xyflow/react';
import styles from './effects.module.css';
import { onceIdle } from '../onceIdle';
import { LONGEST, type EffectKind } from './effect';
import { loadMotion, moving } from './moving';
import { useStage } from './stageStore';

/** Effects that stand for something of the graph while they move: a frame without them would show it twice or not at all. */
const REPLACES: ReadonlySet<EffectKind> = new Set(['swap', 'free', 'gate']);

/** The layer on which the effects of the last step move. A new step ends them and stands as it is. */
export const Effects = memo(function Effects() {
  const effects = useStage(state => state.effects);
  const layer = useRef<HTMLDivElement>(null);
  useEffect(() => onceIdle(window, () => void loadMotion()), []);
  useLayoutEffect(() => {
    const root = layer.current?.closest<HTMLElement>('[data-near]');
    const playEffects = effects.length > 0 ? moving()?.playEffects : undefined;
    if (!layer.current || !root || !playEffects) return undefined;
    const { current: element } = layer;
    if (effects.some(({ kind }) => REPLACES.has(kind))) return playEffects(element, root, effects);
    // The step is painted first, what flies over it a frame later: both in one frame would be too much for it in a crowd.
    let stop: (() => void) | undefined;
    const clock = element.animate([], { duration: LONGEST });
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => {
        stop = playEffects(element, root, effects);
        clock.cancel();
      });
    });
    return () => {
      cancelAnimationFrame(frame);
      clock.cancel();
      stop?.();
    };
  }, [effects]);
  return <ViewportPortal><div ref={layer} className={styles.layer} aria-hidden="true" /></ViewportPortal>;
});
