import type { NodeView } from '../model/graph';
import type { Rect } from './geometry';

/** A column and the next, px. */
export const MAX_BADGE_WIDTH = 296;
/** Between two badges, px. */
const BADGE_GAP = 4;
const BADGE_HEIGHT = 20;
const BADGE_OFFSET = 3;
const BADGE_CHAR_WIDTH = 6.3;
const BOLD_CHAR_WIDTH = 7.8;
const BADGE_ICON_WIDTH = 34;
/** Of the number of further badges. */
const MORE_WIDTH = 24;

/**
 * Whether the badges of a node are above it: below the first row, where they would cover the titles of the next row and leave
 * the stage in the last one. A chip has them on the side where no other chip is.
 */
export function hasBadgesAbove({ placement }: Pick<NodeView, 'placement'>): boolean {
  return placement.y > 0 && !placement.chipAbove;
}

/** The rectangle of a node's first badge, in the channel above or below it and never right of the last column; empty without badges. */
export function badgeRect(
  node: Pick<NodeView, 'placement' | 'badges' | 'inLastColumn' | 'maxBadgeWidth'>,
): readonly Rect[] {
  const {
    placement: { x, y, width, height },
    badges: [badge, ...more],
    inLastColumn,
  } = node;
  if (!badge) return [];
  const badgeWidth = Math.max(
    width,
    Math.min(
      node.maxBadgeWidth,
      (badge.kind === 'violation'
        ? badge.title.length * BOLD_CHAR_WIDTH
        : (badge.title.length + 1 + badge.text.length) * BADGE_CHAR_WIDTH) +
        BADGE_ICON_WIDTH +
        (more.length > 0 ? MORE_WIDTH : 0),
    ),
  );
  return [
    {
      x: inLastColumn ? x + width - badgeWidth : x,
      y: hasBadgesAbove(node) ? y - BADGE_OFFSET - BADGE_HEIGHT : y + height + BADGE_OFFSET,
      width: badgeWidth,
      height: BADGE_HEIGHT,
    },
  ];
}

/**
 * Narrows badges that would cover one another or another node, but never below the width of their node.
 *
 *   [ node ]          [ node ]   [ last ]
 *   [-EBUSY: the..]   [-EIO: a][: the..]     the badge of the last column extends to the left
 */
export function limitBadgeWidths(nodes: readonly NodeView[]): readonly NodeView[] {
  const withBadges = nodes.filter(({ badges }) => badges.length > 0);
  if (withBadges.length === 0) return nodes;
  const maxWidths = new Map<string, number>();
  // A badge that extends to the left gets half a column more if that is free, one to the right ends where the next begins.
  for (const node of withBadges.toSorted(
    (a, b) => Number(b.inLastColumn) - Number(a.inLastColumn),
  )) {
    const { x, width } = node.placement;
    const others = withBadges.filter((other) => other !== node && badgesShareRow(node, other));
    const obstacles = [
      ...nodes
        .filter((other) => other !== node && badgeOverlaps(node, other.placement))
        .map(({ placement }) => ({
          start: placement.x,
          end: placement.x + placement.width,
        })),
      ...others.map((other) => ({
        start: badgeLeft(other, maxWidths),
        end: other.placement.x + other.placement.width,
      })),
    ];
    const [from, to] = [
      Math.max(-Infinity, ...obstacles.map(({ end }) => end).filter((end) => end <= x)),
      Math.min(Infinity, ...obstacles.map(({ start }) => start).filter((start) => start > x)),
    ];
    if (!Number.isFinite(node.inLastColumn ? from : to)) continue;
    maxWidths.set(
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
    maxWidths.has(node.id)
      ? { ...node, maxBadgeWidth: maxWidths.get(node.id) ?? MAX_BADGE_WIDTH }
      : node,
  );
}

function badgeLeft(
  { id, placement: { x, width }, inLastColumn }: NodeView,
  maxWidths: ReadonlyMap<string, number>,
): number {
  return inLastColumn ? x + width - (maxWidths.get(id) ?? width) : x;
}

function badgeOverlaps(node: NodeView, { y, height }: NodeView['placement']): boolean {
  return badgeRect(node).some((rect) => rect.y < y + height && y < rect.y + rect.height);
}

function badgesShareRow(a: NodeView, b: NodeView): boolean {
  const [rectA] = badgeRect(a);
  const [other] = badgeRect(b);
  return (
    rectA !== undefined &&
    other !== undefined &&
    rectA.y < other.y + other.height &&
    other.y < rectA.y + rectA.height
  );
}
