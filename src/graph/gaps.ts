import { WIDTH } from './lanes';
import { NAME, type Layout } from './layout';

/** A stretch of a line, px. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Between an edge and the side of a node or the name of a lane. */
const CLEAR = 4;

/** Between the last column and an edge on its right, within the ground of the lane. */
const BORDER = 3;

const allGaps = new WeakMap<Layout, readonly (readonly Range[])[]>();

/** Where edges can pass each row of the grid: beside its cells and through empty ones, never over the name of a lane nor outside the lanes. */
export function gapsOf(layout: Layout): readonly (readonly Range[])[] {
  const known = allGaps.get(layout);
  if (known) return known;
  const {
    rows,
    grid,
    zones,
    columns,
    spacing: { pitch, aside },
  } = layout;
  const right = (columns - 1) * pitch + WIDTH;
  const taken = rows.map((): Range[] => [
    { from: -Infinity, to: 0 },
    { from: right + aside, to: Infinity },
  ]);
  for (const { row, column } of grid.slots.values())
    taken[row]?.push({ from: column * pitch, to: column * pitch + WIDTH });
  for (const { x, y, height } of zones)
    taken[rows.findIndex(({ top, bottom }) => y < bottom && y + height > top)]?.push({
      from: x,
      to: x + NAME,
    });
  // Where a lane of the first row is the last column alone, its name shuts one side of it, and an upper chip has no other way out than at the border of the stage.
  const shut = aside === 0 && zones.some(({ x, y }) => x === (columns - 1) * pitch - NAME && y < 0);
  const gaps = taken.map((each, row) =>
    row === 0 && shut
      ? [...between(each), { from: right + BORDER, to: right + BORDER }]
      : between(each),
  );
  allGaps.set(layout, gaps);
  return gaps;
}

/** Passes for when every other is shut: over the names of lanes, and outside them all. */
export function lastGaps({ columns, spacing: { pitch } }: Layout): readonly Range[] {
  return Array.from({ length: columns }, (_, i): Range => ({
    from: i * pitch + WIDTH + CLEAR,
    to: (i + 1) * pitch - CLEAR,
  }));
}

function between(taken: readonly Range[]): readonly Range[] {
  const gaps: Range[] = [];
  let end = -Infinity;
  for (const { from, to } of taken.toSorted((a, b) => a.from - b.from)) {
    if (from - end >= 2 * CLEAR && end > -Infinity)
      gaps.push({ from: end + CLEAR, to: from - CLEAR });
    end = Math.max(end, to);
  }
  return gaps;
}
