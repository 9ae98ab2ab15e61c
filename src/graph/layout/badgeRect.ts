import type { NodeView } from '../model/graph';
import type { Rect } from './geometry';

/** Four columns, px. */
export const MAX_BADGE_WIDTH = 648;
/** Between two badges, px. */
const BADGE_GAP = 4;
const BADGE_HEIGHT = 20;
const BADGE_OFFSET = 3;
const BADGE_CHAR_WIDTH = 6.3;
const BOLD_CHAR_WIDTH = 7.8;
const BADGE_ICON_WIDTH = 34;
/** Of the number of further badges. */
const MORE_WIDTH = 24;
/** How much larger the type of a badge is when the stage is zoomed out. */
const MAX_TYPE_SCALE = 1.6;

/**
 * Whether the badges of a node are above it: below the first row, where they would cover the titles of the next row and leave
 * the stage in the last one. A chip has them on the side where no other chip is.
 */
export function hasBadgesAbove({ placement }: Pick<NodeView, 'placement'>): boolean {
  return placement.y > 0 && !placement.chipAbove;
}

/** The rectangle of a node's first badge, which is one line in the channel above or below the node; empty without badges. */
export function badgeRect(
  node: Pick<NodeView, 'placement' | 'badges' | 'badgeExtends' | 'maxBadgeWidth'>,
): readonly Rect[] {
  const { x, y, width, height } = node.placement;
  if (node.badges.length === 0) return [];
  const badgeWidth = Math.max(width, Math.min(node.maxBadgeWidth, textWidth(node)));
  return [
    {
      x: node.badgeExtends === 'left' ? x + width - badgeWidth : x,
      y: hasBadgesAbove(node) ? y - BADGE_OFFSET - BADGE_HEIGHT : y + height + BADGE_OFFSET,
      width: badgeWidth,
      height: BADGE_HEIGHT,
    },
  ];
}

/** What the first badge needs for its text at full zoom. */
function textWidth({ badges: [badge, ...more] }: Pick<NodeView, 'badges'>): number {
  if (!badge) return 0;
  return (
    (badge.kind === 'violation'
      ? badge.title.length * BOLD_CHAR_WIDTH
      : (badge.title.length + 1 + badge.text.length) * BADGE_CHAR_WIDTH) +
    BADGE_ICON_WIDTH +
    (more.length > 0 ? MORE_WIDTH : 0)
  );
}

/**
 * Extends each badge to the right, or to the left if its text fits only there, up to the next node, the next badge or the
 * last column; never narrower than its node.
 *
 *   [ node ]          [ node ]   [ last ]
 *   [-EBUSY: the..]   [-EIO: a][: the..]     the badge of the last column extends to the left
 */
export function placeBadges(nodes: readonly NodeView[]): readonly NodeView[] {
  const withBadges = nodes.filter(({ badges }) => badges.length > 0);
  if (withBadges.length === 0) return nodes;
  const spans = nodes.map(({ placement }) => spanOf(placement));
  const edges = {
    left: Math.min(...spans.map(({ start }) => start)),
    right: Math.max(...spans.map(({ end }) => end)),
  };
  const placed = new Map<string, NodeView>();
  for (const node of withBadges) {
    const [rect] = badgeRect(node);
    if (!rect) continue;
    const own = spanOf(node.placement);
    const obstacles = nodes.flatMap((other) => {
      if (other === node) return [];
      const [badge] = badgeRect(other);
      const known = placed.get(other.id);
      return [
        ...(shareRows(rect, other.placement) ? [spanOf(other.placement)] : []),
        ...(badge && shareRows(rect, badge)
          ? [known ? reservedSpan(known) : spanOf(other.placement)]
          : []),
      ];
    });
    const ends = obstacles.map(({ end }) => end + BADGE_GAP).filter((end) => end <= own.start);
    const starts = obstacles.map(({ start }) => start - BADGE_GAP).filter((x) => x >= own.end);
    const toRight = Math.min(edges.right, ...starts) - own.start;
    const toLeft = own.end - Math.max(edges.left, ...ends);
    const needed = Math.min(MAX_BADGE_WIDTH, MAX_TYPE_SCALE * textWidth(node));
    const extendsLeft = needed > toRight && toLeft > toRight;
    placed.set(node.id, {
      ...node,
      badgeExtends: extendsLeft ? 'left' : 'right',
      maxBadgeWidth: Math.max(
        node.placement.width,
        Math.min(needed, extendsLeft ? toLeft : toRight),
      ),
    });
  }
  return nodes.map((node) => placed.get(node.id) ?? node);
}

/** From left to right, px. */
interface Span {
  readonly start: number;
  readonly end: number;
}

function spanOf({ x, width }: Rect): Span {
  return { start: x, end: x + width };
}

/** What a badge may cover at any zoom. */
function reservedSpan({ placement: { x, width }, badgeExtends, maxBadgeWidth }: NodeView): Span {
  return badgeExtends === 'left'
    ? { start: x + width - maxBadgeWidth, end: x + width }
    : { start: x, end: x + maxBadgeWidth };
}

function shareRows(a: Rect, b: Rect): boolean {
  return a.y < b.y + b.height && b.y < a.y + a.height;
}
