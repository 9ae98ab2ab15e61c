import type { Point } from '../../../graph/layout/geometry';
import { flipsBadge } from './flipBadge';
import type { Effect, EffectKind, TargetPositions } from './effect';

/** Centers of the row values and access badges that the effects target. Call while layout is clean, or it forces a reflow. */
export function measureTargets(
  layer: HTMLElement,
  root: HTMLElement,
  effects: readonly Effect[],
): TargetPositions {
  const targets = new Map<Effect, Point>();
  const rowsVisible = root.getAttribute('data-detail') !== 'names';
  if (!rowsVisible || !effects.some((effect) => effect.row !== undefined || flipsBadge(effect)))
    return targets;
  const origin = layer.getBoundingClientRect();
  for (const effect of effects) {
    const position = targetPosition(root, effect, origin);
    if (position) targets.set(effect, position);
  }
  return targets;
}

function targetPosition(root: HTMLElement, effect: Effect, origin: DOMRect): Point | undefined {
  const selector = targetSelector(effect);
  const target =
    selector === undefined
      ? null
      : root.querySelector(`[data-node="${CSS.escape(effect.node)}"] ${selector}`);
  const node = target?.closest('[data-node]');
  if (!target || !(node instanceof HTMLElement)) return undefined;
  const { left, top, width, height } = target.getBoundingClientRect();
  const zoom = node.getBoundingClientRect().width / node.offsetWidth;
  if (width === 0 || zoom === 0) return undefined;
  return {
    x: (left + width / 2 - origin.left) / zoom,
    y: (top + height / 2 - origin.top) / zoom,
  };
}

const LOCK_KINDS: ReadonlySet<EffectKind> = new Set(['acquire', 'handover', 'release']);

function targetSelector(effect: Effect): string | undefined {
  if (effect.row !== undefined) {
    const row = `[data-row="${CSS.escape(effect.row)}"]`;
    if (LOCK_KINDS.has(effect.kind)) return `${row} [data-part="lock"]`;
    return effect.kind === 'contend' && effect.mark
      ? `${row} [data-waiter="${CSS.escape(effect.mark.name)}"]`
      : `${row} dd`;
  }
  return flipsBadge(effect) ? '[data-part="access"]' : undefined;
}
