import { processShapeAt } from '../../../graph/model/processShape';
import { processColourAt } from '../../controls/processColour';
import type { Point } from '../../../graph/layout/geometry';
import styles from './EffectLayer.module.css';
import type { Effect } from './effect';
import { svgIcon, translateTo, type Player } from './player';

/** When a mark that is turned away reaches what it runs against, as a fraction of the effect. */
export const BOUNCE = 0.45;

/**
 * Moves the mark of a task along two or three points. `into`: it enters what it reaches; `stay`: it stays where it ends;
 * `away`: it fades there.
 */
export function animateMark(
  player: Player,
  effect: Effect,
  points: readonly Point[],
  end: 'into' | 'stay' | 'away',
): void {
  const { mark } = effect;
  const [from, via, last] = points;
  if (!mark || !from || !via) return;
  const to = last ?? via;
  const position = translateTo(to);
  const keyframes: Keyframe[] = [
    { transform: translateTo(from), opacity: 1 },
    { transform: translateTo(via), opacity: 1, offset: last ? BOUNCE : 0.5 },
    ...(last ? [{ transform: position, opacity: 1, offset: 0.85 }] : []),
    end === 'into'
      ? { transform: `${position} scale(0.4)`, opacity: 0, offset: last ? 1 : 0.75 }
      : { transform: position, opacity: end === 'stay' ? 0.9 : 0 },
    ...(end === 'into' && !last ? [{ transform: `${position} scale(0.4)`, opacity: 0 }] : []),
  ];
  player.add(
    styles.token,
    effect,
    keyframes,
    { '--process-colour': processColourAt(mark.process) },
    svgIcon('0 0 16 16', processShapeAt(mark.process), {
      fill: 'currentColor',
      'fill-rule': 'evenodd',
    }),
    undefined,
    'mark',
  );
}
