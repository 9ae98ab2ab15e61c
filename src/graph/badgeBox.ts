import type { NodeView } from './graph';
import type { Box } from './waitWays';

/** As wide as its own column and the next; as high as fits between two rows. */
export const WIDEST = 296;
/** Between two side by side. */
const APART = 4;
const HEIGHT = 20;
const GAP = 3;
const LETTER = 6.3;
const SIGN = 34;

/** Whether the badges of a node hang above it: another one stands right below. */
export function badgesAbove({ place }: Pick<NodeView, 'place'>): boolean {
  return place.over && place.y > 0;
}

/** Where the first badge of a node hangs, in the space between the rows and never beyond the last column; none where it has none. */
export function badgeBox(
  node: Pick<NodeView, 'place' | 'badges' | 'last' | 'badgeRoom'>,
): readonly Box[] {
  const {
    place: { x, y, width, height },
    badges: [badge],
    last,
  } = node;
  if (!badge) return [];
  const wide = Math.max(
    width,
    Math.min(node.badgeRoom, (badge.title.length + 1 + badge.text.length) * LETTER + SIGN),
  );
  return [
    {
      x: last ? x + width - wide : x,
      y: badgesAbove(node) ? y - GAP - HEIGHT : y + height + GAP,
      width: wide,
      height: HEIGHT,
    },
  ];
}

/** The nodes, with badges that would lie over one another or over a node beside theirs made narrower: never narrower than their node. */
export function withBadgeRoom(nodes: readonly NodeView[]): readonly NodeView[] {
  const hung = nodes.filter(({ badges }) => badges.length > 0);
  if (hung.length === 0) return nodes;
  const room = new Map<string, number>();
  // Who hangs to the left has half a column beside its own, if nobody hangs there; who hangs to the right ends where the next begins.
  for (const node of hung.toSorted((a, b) => Number(b.last) - Number(a.last))) {
    const { x, width } = node.place;
    const beside = hung.filter((other) => other !== node && sameLine(node, other));
    const inWay = [
      ...nodes
        .filter((other) => other !== node && onLine(node, other.place))
        .map(({ place }) => ({ start: place.x, end: place.x + place.width })),
      ...beside.map((other) => ({
        start: startOf(other, room),
        end: other.place.x + other.place.width,
      })),
    ];
    const [from, to] = [
      Math.max(-Infinity, ...inWay.map(({ end }) => end).filter((end) => end <= x)),
      Math.min(Infinity, ...inWay.map(({ start }) => start).filter((start) => start > x)),
    ];
    if (!Number.isFinite(node.last ? from : to)) continue;
    room.set(
      node.id,
      Math.max(
        width,
        Math.min(
          WIDEST,
          node.last ? Math.min(1.6 * width, x + width - from - APART) : to - x - APART,
        ),
      ),
    );
  }
  return nodes.map((node) =>
    room.has(node.id) ? { ...node, badgeRoom: room.get(node.id) ?? WIDEST } : node,
  );
}

function startOf(
  { id, place: { x, width }, last }: NodeView,
  room: ReadonlyMap<string, number>,
): number {
  return last ? x + width - (room.get(id) ?? width) : x;
}

function onLine(node: NodeView, { y, height }: NodeView['place']): boolean {
  return badgeBox(node).some((box) => box.y < y + height && y < box.y + box.height);
}

function sameLine(a: NodeView, b: NodeView): boolean {
  const [one] = badgeBox(a);
  const [other] = badgeBox(b);
  return (
    one !== undefined &&
    other !== undefined &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}
