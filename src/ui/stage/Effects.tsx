import { memo, useEffect, useLayoutEffect, useRef } from 'react';
import { ViewportPortal } from '@xyflow/react';
import styles from './effects.module.css';
import { afterPaint } from '../afterPaint';
import { onceIdle } from '../onceIdle';
import { LONGEST, type Effect, type EffectKind, type Spots } from './effect';
import { loadMotion, moving } from './moving';
import { useStage, useStageStore } from './stageStore';

/** Effects that stand for something of the graph while they move: a frame without them would show it twice or not at all. */
const REPLACES: ReadonlySet<EffectKind> = new Set(['swap', 'free', 'gate']);

function replaces(effects: readonly Effect[]): boolean {
  return effects.some(({ kind }) => REPLACES.has(kind));
}

/** The layer on which the effects of the last step move. A new step ends them and stands as it is. */
export const Effects = memo(function Effects() {
  const stage = useStageStore();
  const effects = useStage((state) => state.effects);
  const layer = useRef<HTMLDivElement>(null);
  const spots = useRef<Spots>(undefined);
  useEffect(() => onceIdle(window, () => void loadMotion()), []);
  // What begins in the step's own frame is measured on the page as it was before the step: now it is laid out, then it would have to be, for this alone.
  useEffect(
    () =>
      stage.subscribe(({ effects: next }, before) => {
        if (next === before.effects) return;
        const root = rootOf(layer.current);
        spots.current =
          layer.current && root && replaces(next)
            ? moving()?.measure(layer.current, root, next)
            : undefined;
      }),
    [stage],
  );
  useLayoutEffect(() => {
    const motion = effects.length > 0 ? moving() : undefined;
    const root = rootOf(layer.current);
    if (!layer.current || !root || !motion) return undefined;
    const { current: element } = layer;
    if (replaces(effects))
      return motion.playEffects(
        element,
        root,
        effects,
        spots.current ?? motion.measure(element, root, effects),
      );
    // The step is painted first, what flies over it a frame later: both in one frame would be too much for it in a crowd.
    let stop: (() => void) | undefined;
    const clock = element.animate([], { duration: LONGEST });
    const giveUp = afterPaint(() => {
      stop = motion.playEffects(element, root, effects, motion.measure(element, root, effects));
      clock.cancel();
    });
    return () => {
      giveUp();
      clock.cancel();
      stop?.();
    };
  }, [effects]);
  return (
    <ViewportPortal>
      <div ref={layer} className={styles.layer} aria-hidden="true" />
    </ViewportPortal>
  );
});

/** The stage, which says how near it is seen. */
function rootOf(layer: HTMLElement | null): HTMLElement | undefined {
  return layer?.closest<HTMLElement>('[data-near]') ?? undefined;
}
