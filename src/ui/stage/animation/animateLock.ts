import { processColourAt } from '../../controls/processColour';
import { animateMark, BOUNCE } from './animateMark';
import styles from './EffectLayer.module.css';
import { QUEUE_HEAD_OFFSET, type Effect } from './effect';
import { svgIcon, translateTo, type Player } from './player';

/** In a 16 px box: the body of a padlock, and its shackle, which is lifted to open it. */
const BODY = 'M2.5 7h11v8h-11z';
const SHACKLE = 'M4.8 8V5a3.2 3.2 0 0 1 6.4 0v3';
const LIFT_PX = 5;
/** Fractions of an effect: the mark arrives; the shackle has moved. */
const ARRIVED = 0.5;
const CLOSED = 0.72;

/**
 * A lock as an act. Taken: the mark of the task arrives and the padlock snaps shut in its colour. Contended: the mark runs
 * against the shut padlock, which shakes, and joins the queue. Handed over: the padlock opens for the head of the queue and
 * shuts in its colour. Released: it opens, and the mark returns to its task.
 */
export function animateLock(player: Player, effect: Effect): void {
  const { kind, mark } = effect;
  if (!mark) return;
  const target = player.targetOf(effect);
  switch (kind) {
    case 'acquire':
      animateMark(player, effect, [effect.from, target ?? effect.to], 'into');
      animatePadlock(player, effect, 'close');
      return;
    case 'handover': {
      const lock = target ?? effect.to;
      const head = { x: lock.x + QUEUE_HEAD_OFFSET, y: lock.y };
      animateMark(player, effect, [target ? head : effect.from, lock], 'into');
      animatePadlock(player, effect, 'reopen');
      return;
    }
    case 'contend':
      animateMark(
        player,
        effect,
        [effect.from, effect.other ?? effect.to, target ?? effect.to],
        'stay',
      );
      animatePadlock(player, effect, 'shake');
      return;
    default:
      animateMark(player, effect, [target ?? effect.from, effect.to], 'into');
      animatePadlock(player, effect, 'open');
  }
}

function animatePadlock(
  player: Player,
  effect: Effect,
  act: 'close' | 'open' | 'reopen' | 'shake',
): void {
  const at =
    (effect.kind === 'contend' ? effect.other : player.targetOf(effect)) ??
    (effect.kind === 'release' ? effect.from : effect.to);
  const base = translateTo({ x: at.x - 8, y: at.y - 8.5 });
  const lifted = `${base} translateY(${-LIFT_PX}px)`;
  const style = { '--process-colour': processColourAt(effect.mark?.process ?? -1) };
  const visible = { opacity: 1 };
  const shackle: Record<typeof act, Keyframe[]> = {
    close: [
      { ...visible, transform: lifted },
      { ...visible, transform: lifted, offset: ARRIVED },
      { ...visible, transform: base, offset: CLOSED },
      { ...visible, transform: base, offset: 0.9 },
      { opacity: 0, transform: base },
    ],
    open: [
      { ...visible, transform: base },
      { ...visible, transform: lifted, offset: 0.3 },
      { ...visible, transform: lifted, offset: 0.8 },
      { opacity: 0, transform: lifted },
    ],
    reopen: [
      { ...visible, transform: base },
      { ...visible, transform: lifted, offset: 0.22 },
      { ...visible, transform: lifted, offset: ARRIVED },
      { ...visible, transform: base, offset: CLOSED },
      { ...visible, transform: base, offset: 0.9 },
      { opacity: 0, transform: base },
    ],
    shake: shaking(base),
  };
  const body: Keyframe[] =
    act === 'shake'
      ? shaking(base)
      : [
          { ...visible, transform: base },
          { ...visible, transform: base, offset: act === 'open' ? 0.3 : ARRIVED },
          { ...visible, transform: `${base} scale(${act === 'open' ? 1 : 1.25})`, offset: CLOSED },
          { ...visible, transform: base, offset: 0.9 },
          { opacity: 0, transform: base },
        ];
  player.add(
    styles.padlock,
    effect,
    shackle[act],
    style,
    svgIcon('0 0 16 16', SHACKLE, { fill: 'none', stroke: 'currentColor', 'stroke-width': '2' }),
    'linear',
    'shackle',
  );
  player.add(
    styles.padlock,
    effect,
    body,
    style,
    svgIcon('0 0 16 16', BODY, { fill: 'currentColor' }),
    'linear',
  );
}

/** Shut while a mark arrives, then shaken by it. */
function shaking(base: string): Keyframe[] {
  return [
    { transform: base, opacity: 1 },
    { transform: base, opacity: 1, offset: BOUNCE },
    { transform: `${base} rotate(-12deg)`, opacity: 1, offset: BOUNCE + 0.1 },
    { transform: `${base} rotate(9deg)`, opacity: 1, offset: BOUNCE + 0.2 },
    { transform: base, opacity: 1, offset: BOUNCE + 0.3 },
    { transform: base, opacity: 0 },
  ];
}
