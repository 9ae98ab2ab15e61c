import type { NodeView } from '../model/graph';
import type { Rect } from './geometry';

/** As wide as its own column and the next; as high as fits between two rows. */
export const MAX_BADGE_WIDTH = 296;
/** Between two side by side. */
const BADGE_GAP = 4;
const BADGE_HEIGHT = 20;
const BADGE_OFFSET = 3;
const BADGE_CHAR_WIDTH = 6.3;
const BADGE_ICON_WIDTH = 34;

/** Whether the badges of a node hang above it: another one stands right below. */
export function hasBadgesAbove({ placement: place }: Pick<NodeView, 'placement'>): boolean {
  return place.chipBelow && place.y > 0;
}

/** Where the first badge of a node hangs, in the space between the rows and never beyond the last column; none where it has none. */
export function badgeRect(
  node: Pick<NodeView, 'placement' | 'badges' | 'inLastColumn' | 'maxBadgeWidth'>,
): readonly Rect[] {
  const {
    placement: { x, y, width, height },
    badges: [badge],
    inLastColumn: last,
  } = node;
  if (!badge) return [];
  const wide = Math.max(
    width,
    Math.min(
      node.maxBadgeWidth,
      (badge.title.length + 1 + badge.text.length) * BADGE_CHAR_WIDTH + BADGE_ICON_WIDTH,
    ),
  );
  return [
    {
      x: last ? x + width - wide : x,
      y: hasBadgesAbove(node) ? y - BADGE_OFFSET - BADGE_HEIGHT : y + height + BADGE_OFFSET,
      width: wide,
      height: BADGE_HEIGHT,
    },
  ];
}

/** The nodes, with badges that would lie over one another or over a node beside theirs made narrower: never narrower than their node. */
export function limitBadgeWidths(nodes: readonly NodeView[]): readonly NodeView[] {
  const hung = nodes.filter(({ badges }) => badges.length > 0);
  if (hung.length === 0) return nodes;
  const room = new Map<string, number>();
  // Who hangs to the left has half a column beside its own, if nobody hangs there; who hangs to the right ends where the next begins.
  for (const node of hung.toSorted((a, b) => Number(b.inLastColumn) - Number(a.inLastColumn))) {
    const { x, width } = node.placement;
    const beside = hung.filter((other) => other !== node && badgesShareRow(node, other));
    const inWay = [
      ...nodes
        .filter((other) => other !== node && badgeOverlaps(node, other.placement))
        .map(({ placement: place }) => ({ start: place.x, end: place.x + place.width })),
      ...beside.map((other) => ({
        start: badgeLeft(other, room),
        end: other.placement.x + other.placement.width,
      })),
    ];
    const [from, to] = [
      Math.max(-Infinity, ...inWay.map(({ end }) => end).filter((end) => end <= x)),
      Math.min(Infinity, ...inWay.map(({ start }) => start).filter((start) => start > x)),
    ];
    if (!Number.isFinite(node.inLastColumn ? from : to)) continue;
    room.set(
      node.id,
      Math.max(
        width,
        Math.min(
          MAX_BADGE_WIDTH,
          node.inLastColumn
            ? Math.min(1.6 * width, x + width - from - BADGE_GAP)
            : to - x - BADGE_GAP,
        ),
      ),
    );
  }
  return nodes.map((node) =>
    room.has(node.id) ? { ...node, maxBadgeWidth: room.get(node.id) ?? MAX_BADGE_WIDTH } : node,
  );
}

function badgeLeft(
  { id, placement: { x, width }, inLastColumn: last }: NodeView,
  room: ReadonlyMap<string, number>,
): number {
  return last ? x + width - (room.get(id) ?? width) : x;
}

function badgeOverlaps(node: NodeView, { y, height }: NodeView['placement']): boolean {
  return badgeRect(node).some((box) => box.y < y + height && y < box.y + box.height);
}

function badgesShareRow(a: NodeView, b: NodeView): boolean {
  const [one] = badgeRect(a);
  const [other] = badgeRect(b);
  return (
    one !== undefined &&
    other !== undefined &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}
