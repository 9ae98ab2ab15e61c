/** So many cells of a lane in one row. */
export interface Share {
  readonly lane: number;
  readonly cells: number;
}

/** What a row costs; a lane that is broken over more rows costs so much for each part of it. */
const ROW = 100;
const PART = { tidy: 110, packed: 30 } as const;
/** A cell that stays empty, squared for each row: rows of about the same length look calm. */
const EMPTY = 1;
/** More lanes than this in one row are a jumble. */
const MOST = 3;

/** Whether lanes are kept whole where they can be, or broken to save rows. */
export type Packing = keyof typeof PART;

interface Plan {
  readonly cost: number;
  readonly rows: readonly (readonly Share[])[];
}

/**
 * Lanes of so many cells, in their order, as rows of at most so many columns, in as few rows as the packing wants. Below the first row
 * there stays one gap in each row without a lane's name, for edges to pass: so fewer lanes than columns.
 */
export function packLanes(
  lanes: readonly number[],
  columns: number,
  packing: Packing,
): readonly (readonly Share[])[] {
  const known = new Map<number, Plan>();
  const width = Math.max(1, columns);

  /** The best plan for what is left after so many cells. */
  const from = (lane: number, left: number, gone: number): Plan => {
    if (lane >= lanes.length) return { cost: 0, rows: [] };
    const plan = known.get(gone);
    if (plan) return plan;
    let best: Plan = { cost: Infinity, rows: [] };
    const end = (row: readonly Share[], next: number, nextLeft: number, used: number): void => {
      if (gone > 0 && row.length > Math.max(1, width - 1)) return;
      const rest = from(next, nextLeft, gone + used);
      const cost = ROW + row.length * PART[packing] + EMPTY * (width - used) ** 2 + rest.cost;
      if (cost < best.cost) best = { cost, rows: [row, ...rest.rows] };
    };
    const fill = (row: readonly Share[], at: number, atLeft: number, used: number): void => {
      const most = Math.min(atLeft, width - used);
      for (let cells = most; cells > 0; cells--) {
        const longer = [...row, { lane: at, cells }];
        if (cells < atLeft) end(longer, at, atLeft - cells, used + cells);
        else {
          end(longer, at + 1, lanes[at + 1] ?? 0, used + cells);
          if (longer.length < MOST && at + 1 < lanes.length)
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
