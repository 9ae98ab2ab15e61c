import type { Point } from '../../../graph/layout/geometry';
import { ACCESS_ICON_PATHS } from '../nodes/access';
import { ATTACH_FROM, ATTACHED_AT, DETACHED_AT } from './accessTiming';
import styles from './EffectLayer.module.css';
import type { Effect } from './effect';
import { svgIcon, translateTo, type Player } from './player';

/** Half the width of a drawn edge, px. */
const HALF_LINE_WIDTH = 1.75;

/** The f_op edge retracts from the old fops to the file, and extends to the new fops. */
export function animateEdgeSwap(player: Player, effect: Effect): void {
  const { edgePaths, text, node, duration } = effect;
  if (!edgePaths) return;
  player.hideFor(
    `[data-edge="${CSS.escape(`fops:${node.slice('file:'.length)}`)}"]`,
    duration * ATTACHED_AT,
  );
  const newFops = text === 'normal' ? 'normal' : 'parked';
  const oldFops = newFops === 'normal' ? 'parked' : 'normal';
  animatePath(player, effect, edgePaths[0], oldFops, (fraction) => DETACHED_AT * (1 - fraction));
  player.afterFirstPaint(effect, (late) =>
    animatePath(
      player,
      late,
      edgePaths[1],
      newFops,
      (fraction) => ATTACH_FROM + (ATTACHED_AT - ATTACH_FROM) * fraction,
    ),
  );
}

/**
 * A path that extends or retracts, with an icon at its moving end. `timeAt` maps the fraction of the path's length that the end has
 * reached to the fraction of the duration.
 */
function animatePath(
  player: Player,
  effect: Effect,
  waypoints: readonly Point[],
  fops: keyof typeof ACCESS_ICON_PATHS,
  timeAt: (fraction: number) => number,
): void {
  const style = { '--colour': `var(--${fops})` };
  const isExtending = timeAt(1) > timeAt(0);
  const lengths = waypoints
    .slice(1)
    .map((point, i) =>
      Math.hypot(point.x - (waypoints[i]?.x ?? 0), point.y - (waypoints[i]?.y ?? 0)),
    );
  const totalLength = lengths.reduce((sum, length) => sum + length, 0) || 1;
  let covered = 0;
  const stops: Keyframe[] = waypoints
    .slice(0, 1)
    .map((point) => ({ transform: translateTo(point), offset: timeAt(0) }));
  waypoints.slice(1).forEach((b, i) => {
    const a = waypoints[i] ?? b;
    const length = lengths[i] ?? 0;
    const angle = Math.atan2(b.y - a.y, b.x - a.x);
    const start = {
      x: a.x - Math.cos(angle) * HALF_LINE_WIDTH,
      y: a.y - Math.sin(angle) * HALF_LINE_WIDTH,
    };
    const startTime = timeAt(covered / totalLength);
    covered += length;
    const endTime = timeAt(covered / totalLength);
    // The segment element is 100 px long; see EffectLayer.module.css.
    const fullScale = (length + 2 * HALF_LINE_WIDTH) / 100;
    const segment = (fraction: number, offset: number): Keyframe => ({
      transform: `${translateTo(start)} rotate(${angle}rad) scaleX(${fullScale * fraction})`,
      opacity: 1,
      offset,
    });
    const keyframes = isExtending
      ? [segment(0, 0), segment(0, startTime), segment(1, endTime), segment(1, 1)]
      : [segment(1, 0), segment(1, endTime), segment(0, startTime), segment(0, 1)];
    player.add(styles.edgeSegment, effect, keyframes, style, undefined, 'linear');
    stops.push({ transform: translateTo(b), offset: endTime });
  });
  const first = stops[0]?.transform ?? 'none';
  const last = stops.at(-1)?.transform ?? 'none';
  const opaqueStops = stops.map((stop): Keyframe => ({ ...stop, opacity: 1 }));
  const keyframes: Keyframe[] = isExtending
    ? [
        { transform: first, opacity: 0, offset: 0 },
        { transform: `${first} scale(1.3)`, opacity: 0, offset: DETACHED_AT + 0.06 },
        ...opaqueStops,
        { transform: last, opacity: 0, offset: 1 },
      ]
    : [
        ...opaqueStops.toReversed(),
        { transform: `${first} scale(1.3)`, opacity: 1, offset: DETACHED_AT + 0.06 },
        { transform: first, opacity: 0, offset: ATTACH_FROM },
        { transform: first, opacity: 0, offset: 1 },
      ];
  player.add(
    styles.edgeEnd,
    effect,
    keyframes,
    style,
    svgIcon('0 0 12 12', ACCESS_ICON_PATHS[fops], {
      fill: 'none',
      stroke: 'currentColor',
      'stroke-width': '2',
      'stroke-linecap': 'round',
      'stroke-linejoin': 'round',
    }),
    'linear',
  );
}
