import { animateEdgeSwap } from './animateEdgeSwap';
import { animateLock } from './animateLock';
import {
  animateClaim,
  animateCount,
  animateFree,
  animateOutline,
  animateRefusal,
  animateUseAfterFree,
} from './animateOutcome';
import styles from './EffectLayer.module.css';
import type { Effect, EffectKind, TargetPositions } from './effect';
import { animateAccessChange, flipBadge } from './flipBadge';
import { nodeSelector, Player, sizeStyle, translateTo } from './player';

/** Plays the effects of one step; returns the function that cancels them. */
export function playEffects(
  layer: HTMLElement,
  root: HTMLElement,
  effects: readonly Effect[],
  targets: TargetPositions,
): () => void {
  const player = new Player(layer, root, targets);
  for (const effect of effects) ANIMATIONS[effect.kind](player, effect);
  return () => player.stop();
}

const ANIMATIONS: Readonly<Record<EffectKind, (player: Player, effect: Effect) => void>> = {
  // An outline on the layer: animating the node in place would promote its neighbours to compositor layers of their own.
  alloc: (player, effect) => {
    const position = translateTo(effect.from);
    player.add(
      styles.nodeOutline,
      effect,
      [
        { transform: `${position} scale(1.12)`, opacity: 0 },
        { transform: `${position} scale(1)`, opacity: 0.8, offset: 0.6 },
        { transform: `${position} scale(1)`, opacity: 0 },
      ],
      { ...sizeStyle(effect), '--colour': 'var(--ink-2)' },
    );
  },
  free: animateFree,
  useFreed: animateUseAfterFree,
  acquire: animateLock,
  handover: animateLock,
  contend: animateLock,
  release: animateLock,
  claim: animateClaim,
  swap: (player, effect) => {
    flipBadge(player, effect);
    animateEdgeSwap(player, effect);
  },
  access: (player, effect) => {
    flipBadge(player, effect);
    animateEdgeSwap(player, effect);
    player.afterFirstPaint(effect, (late) => animateAccessChange(player, late));
  },
  reachNode: (player, effect) =>
    player.animateExisting(
      nodeSelector(effect),
      effect,
      [
        { opacity: 0, transform: 'scale(1.12)' },
        { opacity: 1, transform: 'none' },
      ],
      { pseudoElement: '::after' },
    ),
  reachEdge: (player, effect) =>
    player.hideFor(
      `[data-edge="${CSS.escape(effect.text)}"]`,
      effect.delay,
      'data-highlight-delayed',
    ),
  memoryOrder: (player, effect) =>
    player.animateExisting(`${nodeSelector(effect)} [data-part="memory-order"]`, effect, [
      { transform: 'scale(0.6)', opacity: 0 },
      { transform: 'scale(1.15)', opacity: 1, offset: 0.5 },
      { transform: 'none', opacity: 1 },
    ]),
  count: animateCount,
  write: (player, effect) => {
    const to = player.targetOf(effect) ?? effect.to;
    player.add(styles.flash, effect, [
      { transform: `${translateTo(to)} scaleX(0.4)`, opacity: 0.55 },
      { transform: `${translateTo(to)} scaleX(1)`, opacity: 0 },
    ]);
  },
  complete: (player, effect) => {
    const to = player.targetOf(effect) ?? effect.to;
    player.add(
      styles.flash,
      effect,
      [
        { transform: `${translateTo(to)} scaleX(0.3)`, opacity: 0.8 },
        { transform: `${translateTo(to)} scaleX(1.5) scaleY(1.6)`, opacity: 0 },
      ],
      { '--accent': 'var(--ok)' },
    );
  },
  refusal: animateRefusal,
  violation: (player, effect) => {
    animateOutline(player, effect, 'var(--bad)', 2);
    player.animateExisting(
      nodeSelector(effect),
      effect,
      [0, -6, 5, -4, 3, 0].map((x) => ({ transform: `translateX(${x}px)` })),
    );
  },
};
