import { NODE_WIDTH } from '../layout/nodeMetrics';
import { ZONE_TITLE_WIDTH, type GraphLayout } from '../layout/graphLayout';

/*
 * The free x intervals of each row: the complement of the union of its occupied intervals.
 *
 *   |title|[ node ]    [ node ]         |title|[ node ]
 *                  <-->        <------->               <>
 */

/** An interval of one coordinate, px. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** Between an edge and the side of a node or the title of a lane, px. */
const EDGE_CLEARANCE = 4;

/** Between the last column and an edge to its right, within the background of the lane, px. */
const RIGHT_BORDER_OFFSET = 3;

const gapCache = new WeakMap<GraphLayout, readonly (readonly Interval[])[]>();

/** Where edges can pass each row of the grid: beside its nodes and through empty cells, never over the title of a lane nor outside the lanes. */
export function rowGaps(layout: GraphLayout): readonly (readonly Interval[])[] {
  const known = gapCache.get(layout);
  if (known) return known;
  const {
    rows,
    slots,
    zones,
    columns,
    spacing: { pitch, rightMargin },
  } = layout;
  const right = (columns - 1) * pitch + NODE_WIDTH;
  const occupied = rows.map((): Interval[] => [
    { from: -Infinity, to: 0 },
    { from: right + rightMargin, to: Infinity },
  ]);
  for (const { row, column } of slots.values())
    occupied[row]?.push({ from: column * pitch, to: column * pitch + NODE_WIDTH });
  for (const { x, y, height } of zones)
    rows.forEach(({ top, bottom }, row) => {
      if (y < bottom && y + height > top)
        occupied[row]?.push({ from: x, to: x + ZONE_TITLE_WIDTH });
    });
  // If a lane of the first row is the last column alone, its title blocks one side of that column. An upper chip there
  // has no other way out than along the right border.
  const lastColumnBlocked =
    rightMargin === 0 &&
    zones.some(({ x, y }) => x === (columns - 1) * pitch - ZONE_TITLE_WIDTH && y < 0);
  const gaps = occupied.map((intervals, row) =>
    row === 0 && lastColumnBlocked
      ? [
          ...gapsBetween(intervals),
          { from: right + RIGHT_BORDER_OFFSET, to: right + RIGHT_BORDER_OFFSET },
        ]
      : gapsBetween(intervals),
  );
  gapCache.set(layout, gaps);
  return gaps;
}

/** Gaps for an edge that cannot pass any other: over the titles of lanes and outside the lanes. */
export function fallbackGaps({ columns, spacing: { pitch } }: GraphLayout): readonly Interval[] {
  return Array.from({ length: columns }, (_, i): Interval => ({
    from: i * pitch + NODE_WIDTH + EDGE_CLEARANCE,
    to: (i + 1) * pitch - EDGE_CLEARANCE,
  }));
}

function gapsBetween(occupied: readonly Interval[]): readonly Interval[] {
  const gaps: Interval[] = [];
  let end = -Infinity;
  for (const { from, to } of occupied.toSorted((a, b) => a.from - b.from)) {
    if (from - end >= 2 * EDGE_CLEARANCE && end > -Infinity)
      gaps.push({ from: end + EDGE_CLEARANCE, to: from - EDGE_CLEARANCE });
    end = Math.max(end, to);
  }
  return gaps;
}
