import { accessLabel } from '../../../graph/model/accessText';
import { ACCESS_ICON_PATHS } from '../nodes/access';
import { ATTACH_FROM, DETACHED_AT } from './accessTiming';
import styles from './EffectLayer.module.css';
import type { Effect } from './effect';
import { nodeSelector, translateTo, type Player } from './player';

export function flipsBadge({ kind }: Effect): boolean {
  return kind === 'swap' || kind === 'access';
}

/** Flips the access badge of a file from the old access to the new one. */
export function flipBadge(player: Player, effect: Effect): void {
  const selector = `${nodeSelector(effect)} [data-part="access"]`;
  player.animateExisting(
    selector,
    effect,
    [
      { transform: 'rotateX(90deg)', opacity: 0 },
      { transform: 'rotateX(90deg)', opacity: 0, offset: DETACHED_AT },
      { transform: 'scale(1.3)', opacity: 1, offset: ATTACH_FROM + 0.1 },
      { transform: 'none', opacity: 1 },
    ],
    { easing: 'linear' },
  );
  const position = player.targetOf(effect);
  const oldBadge = player.find(selector)?.cloneNode(true);
  if (!position || !(oldBadge instanceof HTMLElement)) return;
  const oldAccess = effect.text === 'normal' ? 'parked' : 'normal';
  oldBadge.dataset['access'] = oldAccess;
  oldBadge.querySelector('path')?.setAttribute('d', ACCESS_ICON_PATHS[oldAccess]);
  const label = oldBadge.querySelector(':scope > span:last-child');
  if (label) label.textContent = accessLabel(oldAccess, effect.accessFlag);
  const centered = `${translateTo(position)} translate(-50%, -50%)`;
  player.add(
    styles.badge,
    effect,
    [
      { transform: centered, opacity: 1 },
      { transform: centered, opacity: 1, offset: DETACHED_AT - 0.12 },
      { transform: `${centered} rotateX(90deg)`, opacity: 1, offset: DETACHED_AT + 0.06 },
      { transform: `${centered} rotateX(90deg)`, opacity: 0 },
    ],
    {},
    oldBadge,
    'linear',
  );
}

/** Distance of the barrier's top from that of the fops, px. */
const BARRIER_ABOVE_PX = 10;

/** The two halves of a barrier above the fops part or close. */
export function animateAccessChange(player: Player, effect: Effect): void {
  const {
    from: { x, y },
    size: { width },
  } = effect;
  const granted = effect.text === 'normal';
  for (const side of [0, 1]) {
    const panel = (scale: number): string =>
      `${translateTo({ x: x + (side * width) / 2, y: y - BARRIER_ABOVE_PX })} scaleX(${scale})`;
    const [first, last] = granted ? [1, 0] : [0, 1];
    player.add(
      styles.accessPanel,
      effect,
      [
        { transform: panel(first), opacity: 1 },
        { transform: panel(first), opacity: 1, offset: DETACHED_AT },
        { transform: panel(last), opacity: 1 },
      ],
      { width: `${width / 2}px`, 'transform-origin': `${side * 100}% 50%` },
      undefined,
      'linear',
    );
  }
}
