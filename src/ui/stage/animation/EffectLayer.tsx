import { memo, useEffect, useLayoutEffect, useRef } from 'react';
import { ViewportPortal } from '@xyflow/react';
import styles from './EffectLayer.module.css';
import { afterPaint } from '../../afterPaint';
import { afterIdleSignal } from '../../afterIdleSignal';
import { MAX_EFFECT_MS, type Effect, type EffectKind, type TargetPositions } from './effect';
import { loadAnimation, loadedAnimation } from './loadAnimation';
import { useStage, useStageStore } from '../stageStore';

/** Effects that stand for something of the graph while they move: a frame without them would show it twice or not at all. */
const REPLACING_KINDS: ReadonlySet<EffectKind> = new Set(['swap', 'free', 'gate']);

function hidesNodesOrEdges(effects: readonly Effect[]): boolean {
  return effects.some(({ kind }) => REPLACING_KINDS.has(kind));
}

/** The layer on which the effects of the last step move. A new step ends them and stands as it is. */
export const EffectLayer = memo(function Effects() {
  const stage = useStageStore();
  const effects = useStage((state) => state.effects);
  const layer = useRef<HTMLDivElement>(null);
  const spots = useRef<TargetPositions>(undefined);
  useEffect(() => afterIdleSignal(window, () => void loadAnimation()), []);
  // What begins in the step's own frame is measured on the page as it was before the step: now it is laid out, then it would have to be, for this alone.
  useEffect(
    () =>
      stage.subscribe(({ effects: next }, before) => {
        if (next === before.effects) return;
        const root = stageRootOf(layer.current);
        spots.current =
          layer.current && root && hidesNodesOrEdges(next)
            ? loadedAnimation()?.measureTargets(layer.current, root, next)
            : undefined;
      }),
    [stage],
  );
  useLayoutEffect(() => {
    const motion = effects.length > 0 ? loadedAnimation() : undefined;
    const root = stageRootOf(layer.current);
    if (!layer.current || !root || !motion) return undefined;
    const { current: element } = layer;
    if (hidesNodesOrEdges(effects))
      return motion.playEffects(
        element,
        root,
        effects,
        spots.current ?? motion.measureTargets(element, root, effects),
      );
    // The step is painted first, what flies over it a frame later: both in one frame would be too much for it in a crowd.
    let stop: (() => void) | undefined;
    const clock = element.animate([], { duration: MAX_EFFECT_MS });
    const giveUp = afterPaint(() => {
      stop = motion.playEffects(
        element,
        root,
        effects,
        motion.measureTargets(element, root, effects),
      );
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
function stageRootOf(layer: HTMLElement | null): HTMLElement | undefined {
  return layer?.closest<HTMLElement>('[data-near]') ?? undefined;
}
