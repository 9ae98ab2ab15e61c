import type { NodeView } from './graph';
import type { Box } from './waitWays';

/** As wide as its own column and the next; as high as fits between two rows. */
const WIDEST = 296;
const HEIGHT = 20;
const GAP = 3;
const LETTER = 6.3;
const SIGN = 34;

/** Whether the badges of a node hang above it: another one stands right below. */
export function badgesAbove({ place }: Pick<NodeView, 'place'>): boolean {
  return place.over && place.y > 0;
}

/** Where the first badge of a node hangs, in the space between the rows and never beyond the last column; none where it has none. */
export function badgeBox(node: Pick<NodeView, 'place' | 'badges' | 'last'>): readonly Box[] {
  const { place: { x, y, width, height }, badges: [badge], last } = node;
  if (!badge) return [];
  const wide = Math.max(width, Math.min(WIDEST, (badge.title.length + 1 + badge.text.length) * LETTER + SIGN));
  return [{ x: last ? x + width - wide : x, y: badgesAbove(node) ? y - GAP - HEIGHT : y + height + GAP, width: wide, height: HEIGHT }];
}
