import { processShapeAt } from '../../controls/ProcessMark';
import { processColourAt } from '../../controls/processColour';
import styles from './EffectLayer.module.css';
import { QUEUE_HEAD_OFFSET, type Effect } from './effect';
import { svgIcon, translateTo, type Player } from './player';

/** The mark of a task moves to the lock or its wait queue, or from the lock back to the task. */
export function animateToken(player: Player, effect: Effect): void {
  const { mark, kind } = effect;
  if (!mark) return;
  const owner = player.targetOf(effect);
  const queueHead = owner && { x: owner.x + QUEUE_HEAD_OFFSET, y: owner.y };
  const from =
    (kind === 'release' ? owner : kind === 'handover' ? queueHead : undefined) ?? effect.from;
  const to = (kind === 'release' ? undefined : kind === 'contend' ? queueHead : owner) ?? effect.to;
  player.add(
    styles.token,
    effect,
    [
      { transform: translateTo(from), opacity: 1 },
      { transform: translateTo(to), opacity: 1, offset: 0.75 },
      { transform: `${translateTo(to)} scale(${kind === 'release' ? 0.5 : 1.5})`, opacity: 0 },
    ],
    { '--process-colour': processColourAt(mark.process) },
    svgIcon('0 0 16 16', processShapeAt(mark.process), {
      fill: 'currentColor',
      'fill-rule': 'evenodd',
    }),
  );
}
