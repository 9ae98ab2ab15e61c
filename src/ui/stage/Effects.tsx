import { memo, useLayoutEffect, useRef } from 'react';
import { ViewportPortal } from '@xyflow/react';
import styles from './effects.module.css';
import { playEffects } from './playEffects';
import { useStage } from './stageStore';

/** The layer on which the effects of the last step move. A new step ends them and stands as it is. */
export const Effects = memo(function Effects() {
  const effects = useStage(state => state.effects);
  const layer = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const root = layer.current?.closest<HTMLElement>('[data-near]');
    if (!layer.current || !root || effects.length === 0) return undefined;
    return playEffects(layer.current, root, effects);
  }, [effects]);
  return <ViewportPortal><div ref={layer} className={styles.layer} aria-hidden="true" /></ViewportPortal>;
});
