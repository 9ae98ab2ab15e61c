import { NODE_WIDTH } from '../layout/lanes';
import { ZONE_TITLE_WIDTH, type GraphLayout } from '../layout/graphLayout';

/** A stretch of a line, px. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** Between an edge and the side of a node or the name of a lane. */
const EDGE_CLEARANCE = 4;

/** Between the last column and an edge on its right, within the ground of the lane. */
const RIGHT_BORDER_OFFSET = 3;

const gapCache = new WeakMap<GraphLayout, readonly (readonly Interval[])[]>();

/** Where edges can pass each row of the grid: beside its cells and through empty ones, never over the name of a lane nor outside the lanes. */
export function rowGaps(layout: GraphLayout): readonly (readonly Interval[])[] {
  const known = gapCache.get(layout);
  if (known) return known;
  const {
    rows,
    grid,
    zones,
    columns,
    spacing: { pitch, rightMargin: aside },
  } = layout;
  const right = (columns - 1) * pitch + NODE_WIDTH;
  const taken = rows.map((): Interval[] => [
    { from: -Infinity, to: 0 },
    { from: right + aside, to: Infinity },
  ]);
  for (const { row, column } of grid.slots.values())
    taken[row]?.push({ from: column * pitch, to: column * pitch + NODE_WIDTH });
  for (const { x, y, height } of zones)
    taken[rows.findIndex(({ top, bottom }) => y < bottom && y + height > top)]?.push({
      from: x,
      to: x + ZONE_TITLE_WIDTH,
    });
  // Where a lane of the first row is the last column alone, its name shuts one side of it, and an upper chip has no other way out than at the border of the stage.
  const shut =
    aside === 0 &&
    zones.some(({ x, y }) => x === (columns - 1) * pitch - ZONE_TITLE_WIDTH && y < 0);
  const gaps = taken.map((each, row) =>
    row === 0 && shut
      ? [
          ...gapsBetween(each),
          { from: right + RIGHT_BORDER_OFFSET, to: right + RIGHT_BORDER_OFFSET },
        ]
      : gapsBetween(each),
  );
  gapCache.set(layout, gaps);
  return gaps;
}

/** Passes for when every other is shut: over the names of lanes, and outside them all. */
export function fallbackGaps({ columns, spacing: { pitch } }: GraphLayout): readonly Interval[] {
  return Array.from({ length: columns }, (_, i): Interval => ({
    from: i * pitch + NODE_WIDTH + EDGE_CLEARANCE,
    to: (i + 1) * pitch - EDGE_CLEARANCE,
  }));
}

function gapsBetween(taken: readonly Interval[]): readonly Interval[] {
  const gaps: Interval[] = [];
  let end = -Infinity;
  for (const { from, to } of taken.toSorted((a, b) => a.from - b.from)) {
    if (from - end >= 2 * EDGE_CLEARANCE && end > -Infinity)
      gaps.push({ from: end + EDGE_CLEARANCE, to: from - EDGE_CLEARANCE });
    end = Math.max(end, to);
  }
  return gaps;
}
