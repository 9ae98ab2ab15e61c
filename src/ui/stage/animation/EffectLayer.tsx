import { memo, useEffect, useLayoutEffect, useRef } from 'react';
import { ViewportPortal } from '@xyflow/react';
import styles from './EffectLayer.module.css';
import { afterPaint } from '../../schedule';
import { afterIdleSignal } from '../../idleSignal';
import { MAX_EFFECT_MS, type Effect, type EffectKind, type TargetPositions } from './effect';
import { loadAnimation, loadedAnimation } from './loadAnimation';
import { useStage, useStageStore } from '../stageStore';

/** Effects that stand in for a node or edge. They must start in the step's first frame, or that frame shows it twice or not at all. */
const REPLACING_KINDS: ReadonlySet<EffectKind> = new Set(['swap', 'free', 'access']);

function hidesNodesOrEdges(effects: readonly Effect[]): boolean {
  return effects.some(({ kind }) => REPLACING_KINDS.has(kind));
}

/** Plays the effects of the last step. The next step cancels them. */
export const EffectLayer = memo(function EffectLayer() {
  const stage = useStageStore();
  const effects = useStage((state) => state.effects);
  const layer = useRef<HTMLDivElement>(null);
  const targets = useRef<TargetPositions>(undefined);
  useEffect(() => afterIdleSignal(() => void loadAnimation()), []);
  // Measure before React updates the DOM: measuring afterwards would force a synchronous layout.
  useEffect(
    () =>
      stage.subscribe(({ effects: next }, before) => {
        if (next === before.effects) return;
        const root = stageRootOf(layer.current);
        targets.current =
          layer.current && root && hidesNodesOrEdges(next)
            ? loadedAnimation()?.measureTargets(layer.current, root, next)
            : undefined;
      }),
    [stage],
  );
  useLayoutEffect(() => {
    const animation = effects.length > 0 ? loadedAnimation() : undefined;
    const root = stageRootOf(layer.current);
    if (!layer.current || !root || !animation) return undefined;
    const { current: element } = layer;
    if (hidesNodesOrEdges(effects))
      return animation.playEffects(
        element,
        root,
        effects,
        targets.current ?? animation.measureTargets(element, root, effects),
      );
    // Start one frame later: painting the step and starting its effects in one frame is too slow on a crowded stage.
    let stop: (() => void) | undefined;
    // Keeps document.getAnimations() non-empty until then, so that the page does not count as idle.
    const placeholder = element.animate([], { duration: MAX_EFFECT_MS });
    const cancel = afterPaint(() => {
      stop = animation.playEffects(
        element,
        root,
        effects,
        animation.measureTargets(element, root, effects),
      );
      placeholder.cancel();
    });
    return () => {
      cancel();
      placeholder.cancel();
      stop?.();
    };
  }, [effects]);
  return (
    <ViewportPortal>
      <div ref={layer} className={styles.layer} aria-hidden="true" />
    </ViewportPortal>
  );
});

/** The stage element, which carries the detail level. */
function stageRootOf(layer: HTMLElement | null): HTMLElement | undefined {
  return layer?.closest<HTMLElement>('[data-detail]') ?? undefined;
}
