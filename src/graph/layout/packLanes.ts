/*
 * Line breaking by dynamic programming over the lanes: each lane is one band. A lane that is longer than a row gets rows
 * of equal length for itself; short neighbours share one row. So every lane is one rectangle, and its title appears once.
 *
 *   lanes of 2, 6 and 1 cells, 4 columns       | A A . . |
 *                                              | B B B . |
 *                                              | B B B . |
 *                                              | C . . . |
 */

/** Consecutive cells of a lane (by index) in one row. */
export interface LaneSegment {
  readonly lane: number;
  readonly cellCount: number;
}

/** Cost of a row, and of each lane that shares the row of another. */
const ROW_COST = 100;
const SHARING_COST = 30;
/** Times the squared number of empty cells of a row: rows of similar length are preferred. */
const EMPTY_CELL_COST = 1;
const MAX_LANES_PER_ROW = 3;

interface PackingPlan {
  readonly cost: number;
  readonly rows: readonly (readonly LaneSegment[])[];
}

/**
 * Rows for lanes of `lanes[i]` cells in their order, at most `columns` wide. From the second row on there are fewer lanes
 * than columns, so that one gap without a lane title remains for edges.
 */
export function packLanes(
  lanes: readonly number[],
  columns: number,
): readonly (readonly LaneSegment[])[] {
  const width = Math.max(1, columns);
  /** The best plan for the lanes from a position on. */
  const plans: PackingPlan[] = Array.from({ length: lanes.length + 1 }, () => ({
    cost: 0,
    rows: [],
  }));
  for (let first = lanes.length - 1; first >= 0; first--) {
    let best: PackingPlan = { cost: Infinity, rows: [] };
    const consider = (rows: PackingPlan['rows'], next: number): void => {
      const cost = rows.reduce((sum, row) => sum + rowCost(row, width), plans[next]?.cost ?? 0);
      if (cost < best.cost) best = { cost, rows: [...rows, ...(plans[next]?.rows ?? [])] };
    };
    consider(rowsOfLane(first, lanes[first] ?? 0, width), first + 1);
    const maxLanes = Math.min(MAX_LANES_PER_ROW, first > 0 ? width - 1 : width);
    for (let count = 2; count <= maxLanes && first + count <= lanes.length; count++) {
      const row = lanes
        .slice(first, first + count)
        .map((cellCount, i) => ({ lane: first + i, cellCount }));
      if (cellsIn(row) <= width) consider([row], first + count);
    }
    plans[first] = best;
  }
  return plans[0]?.rows ?? [];
}

/** A lane in as few rows as possible, as evenly as possible. */
function rowsOfLane(
  lane: number,
  cells: number,
  width: number,
): readonly (readonly LaneSegment[])[] {
  const count = Math.max(1, Math.ceil(cells / width));
  return Array.from({ length: count }, (_, i) => [
    { lane, cellCount: Math.ceil((cells - i) / count) },
  ]);
}

function rowCost(row: readonly LaneSegment[], width: number): number {
  return ROW_COST + (row.length - 1) * SHARING_COST + EMPTY_CELL_COST * (width - cellsIn(row)) ** 2;
}

function cellsIn(row: readonly LaneSegment[]): number {
  return row.reduce((sum, { cellCount }) => sum + cellCount, 0);
}
