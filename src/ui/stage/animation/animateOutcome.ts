import { animateMark } from './animateMark';
import styles from './EffectLayer.module.css';
import type { Effect } from './effect';
import { nodeSelector, sizeStyle, translateTo, type Player } from './player';
import { processColourAt } from '../../controls/processColour';

/** How far from its border a node turns a task away, px. */
const TURN_BACK_PX = 34;

/** A reference: a token with `+1` goes from the task into the count, or with `−1` out of it and to the task. */
export function animateCount(player: Player, effect: Effect): void {
  const text = document.createElement('span');
  text.textContent = effect.text;
  const row = player.targetOf(effect) ?? effect.from;
  const taken = effect.text.startsWith('+');
  const other = effect.other ?? { x: row.x, y: row.y + (taken ? -40 : 40) };
  const [from, to] = taken ? [other, row] : [row, other];
  player.add(
    styles.reference,
    effect,
    [
      { transform: `${translateTo(from)} scale(${taken ? 0.7 : 1.3})`, opacity: taken ? 0 : 1 },
      { transform: translateTo(from), opacity: 1, offset: 0.15 },
      { transform: translateTo(to), opacity: 1, offset: taken ? 0.7 : 0.8 },
      { transform: `${translateTo(to)} scale(${taken ? 1.4 : 0.5})`, opacity: 0 },
    ],
    { '--process-colour': processColourAt(effect.mark?.process ?? -1) },
    text,
  );
}

/** An owner is set: a seal in the colour of the task closes around the node, and the field is stamped. */
export function animateClaim(player: Player, effect: Effect): void {
  const style = {
    ...sizeStyle(effect),
    '--colour': processColourAt(effect.mark?.process ?? -1),
  };
  const corner = translateTo(effect.corner);
  player.add(
    styles.nodeOutline,
    effect,
    [
      { transform: `${corner} scale(1.35)`, opacity: 0 },
      { transform: `${corner} scale(1)`, opacity: 1, offset: 0.55 },
      { transform: `${corner} scale(1.04)`, opacity: 1, offset: 0.7 },
      { transform: `${corner} scale(1)`, opacity: 0 },
    ],
    style,
  );
  if (effect.other)
    animateMark(player, effect, [effect.other, player.targetOf(effect) ?? effect.to], 'into');
}

/** A call is refused: the mark of its task runs against the node and is turned back, and the badge drops in. */
export function animateRefusal(player: Player, effect: Effect): void {
  const corner = effect.corner;
  if (effect.other) {
    const wall = { x: corner.x + effect.size.width / 2, y: corner.y };
    const above = effect.other.y < wall.y;
    const hit = { x: wall.x, y: above ? wall.y - 10 : wall.y + effect.size.height + 10 };
    const back = {
      x: hit.x + Math.sign(effect.other.x - hit.x) * 12,
      y: hit.y + (above ? -TURN_BACK_PX : TURN_BACK_PX),
    };
    animateMark(player, effect, [effect.other, hit, back], 'away');
  }
  animateOutline(player, effect, 'var(--bad)', 1);
  player.animateExisting(`${nodeSelector(effect)} [data-badge="errno"]`, effect, [
    { transform: 'translateY(-8px) scale(0.92)', opacity: 0 },
    { transform: 'translateY(-8px) scale(0.92)', opacity: 0, offset: 0.4 },
    { transform: 'none', opacity: 1 },
  ]);
}

/** A freed object comes apart: its halves part and fade. */
export function animateFree(player: Player, effect: Effect): void {
  const { width, height } = effect.size;
  for (const half of [0, 1]) {
    const position = translateTo({ x: effect.from.x, y: effect.from.y + (half * height) / 2 });
    player.add(
      styles.removedNode,
      effect,
      [
        { opacity: 1, transform: position },
        { opacity: 1, transform: position, offset: 0.2 },
        {
          opacity: 0,
          transform: `${position} translateY(${half === 0 ? -9 : 9}px) rotate(${half === 0 ? -3 : 3}deg)`,
        },
      ],
      { width: `${width}px`, height: `${height / 2}px` },
    );
  }
}

/** A task uses a freed object: its mark falls into the ruin, which is outlined twice. */
export function animateUseAfterFree(player: Player, effect: Effect): void {
  const corner = effect.corner;
  if (effect.other)
    animateMark(
      player,
      effect,
      [effect.other, { x: corner.x + effect.size.width / 2, y: corner.y + effect.size.height / 2 }],
      'into',
    );
  animateOutline(player, effect, 'var(--bad)', 2);
}

/** An outline around the node that expands and fades, `times` times. */
export function animateOutline(
  player: Player,
  effect: Effect,
  colour: string,
  times: number,
): void {
  const position = translateTo(effect.corner);
  const pulse: Keyframe[] = [
    { transform: `${position} scale(1)`, opacity: 0.9 },
    { transform: `${position} scale(1.05)`, opacity: 0 },
  ];
  player.add(styles.nodeOutline, effect, Array.from({ length: times }, () => pulse).flat(), {
    ...sizeStyle(effect),
    '--colour': colour,
  });
}
