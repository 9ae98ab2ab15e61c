/** So many cells of a lane in one row. */
export interface LaneSegment {
  readonly lane: number;
  readonly cellCount: number;
}

/** What a row costs; a lane that is broken over more rows costs so much for each part of it. */
const ROW_COST = 100;
const SEGMENT_COST = { tidy: 110, packed: 30 } as const;
/** A cell that stays empty, squared for each row: rows of about the same length look calm. */
const EMPTY_CELL_COST = 1;
/** More lanes than this in one row are a jumble. */
const MAX_LANES_PER_ROW = 3;

/** Whether lanes are kept whole where they can be, or broken to save rows. */
export type Packing = keyof typeof SEGMENT_COST;

interface PackingPlan {
  readonly cost: number;
  readonly rows: readonly (readonly LaneSegment[])[];
}

/**
 * Lanes of so many cells, in their order, as rows of at most so many columns, in as few rows as the packing wants. Below the first row
 * there stays one gap in each row without a lane's name, for edges to pass: so fewer lanes than columns.
 */
export function packLanes(
  lanes: readonly number[],
  columns: number,
  packing: Packing,
): readonly (readonly LaneSegment[])[] {
  const known = new Map<number, PackingPlan>();
  const width = Math.max(1, columns);

  /** The best plan for what is left after so many cells. */
  const from = (lane: number, left: number, gone: number): PackingPlan => {
    if (lane >= lanes.length) return { cost: 0, rows: [] };
    const plan = known.get(gone);
    if (plan) return plan;
    let best: PackingPlan = { cost: Infinity, rows: [] };
    const end = (
      row: readonly LaneSegment[],
      next: number,
      nextLeft: number,
      used: number,
    ): void => {
      if (gone > 0 && row.length > Math.max(1, width - 1)) return;
      const rest = from(next, nextLeft, gone + used);
      const cost =
        ROW_COST +
        row.length * SEGMENT_COST[packing] +
        EMPTY_CELL_COST * (width - used) ** 2 +
        rest.cost;
      if (cost < best.cost) best = { cost, rows: [row, ...rest.rows] };
    };
    const fill = (row: readonly LaneSegment[], at: number, atLeft: number, used: number): void => {
      const most = Math.min(atLeft, width - used);
      for (let cells = most; cells > 0; cells--) {
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
    known.set(gone, best);
    return best;
  };
  return from(0, lanes[0] ?? 0, 0).rows;
}
