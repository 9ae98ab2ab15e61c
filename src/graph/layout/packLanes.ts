/*
 * Line breaking by dynamic programming: the best rows for the cells from position n on are computed once.
 *
 *   lanes of 2, 4 and 1 cells, 4 columns       tidy             packed
 *                                              | A A . . |      | A A B B |
 *                                              | B B B B |      | B B C . |
 *                                              | C . . . |
 */

/** Consecutive cells of a lane (by index) in one row. */
export interface LaneSegment {
  readonly lane: number;
  readonly cellCount: number;
}

/** Cost of a row, and of each part of a lane in a row: `packed` breaks lanes to save rows. */
const ROW_COST = 100;
const SEGMENT_COST = { tidy: 110, packed: 30 } as const;
/** Times the squared number of empty cells of a row: rows of similar length are preferred. */
const EMPTY_CELL_COST = 1;
const MAX_LANES_PER_ROW = 3;

/** `tidy` keeps lanes whole if possible, `packed` breaks them to save rows. */
export type Packing = keyof typeof SEGMENT_COST;

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
  packing: Packing,
): readonly (readonly LaneSegment[])[] {
  const plans = new Map<number, PackingPlan>();
  const width = Math.max(1, columns);

  /** The best plan for the cells after the first `gone`, of which `left` are of `lane`. */
  const planFrom = (lane: number, left: number, placed: number): PackingPlan => {
    if (lane >= lanes.length) return { cost: 0, rows: [] };
    const plan = plans.get(placed);
    if (plan) return plan;
    let best: PackingPlan = { cost: Infinity, rows: [] };
    const end = (
      row: readonly LaneSegment[],
      next: number,
      nextLeft: number,
      used: number,
    ): void => {
      if (placed > 0 && row.length > Math.max(1, width - 1)) return;
      const rest = planFrom(next, nextLeft, placed + used);
      const cost =
        ROW_COST +
        row.length * SEGMENT_COST[packing] +
        EMPTY_CELL_COST * (width - used) ** 2 +
        rest.cost;
      if (cost < best.cost) best = { cost, rows: [row, ...rest.rows] };
    };
    const fill = (row: readonly LaneSegment[], at: number, atLeft: number, used: number): void => {
      const max = Math.min(atLeft, width - used);
      for (let cells = max; cells > 0; cells--) {
        const longer = [...row, { lane: at, cellCount: cells }];
        if (cells < atLeft) end(longer, at, atLeft - cells, used + cells);
        else {
          end(longer, at + 1, lanes[at + 1] ?? 0, used + cells);
          if (longer.length < MAX_LANES_PER_ROW && at + 1 < lanes.length)
            fill(longer, at + 1, lanes[at + 1] ?? 0, used + cells);
        }
      }
    };
    fill([], lane, left, 0);
    plans.set(placed, best);
    return best;
  };
  return planFrom(0, lanes[0] ?? 0, 0).rows;
}
