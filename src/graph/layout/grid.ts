import type { NodeSpec, NodeCatalog } from '../model/nodeCatalog';
import { LANES, type LaneId } from './lanes';
import { packLanes } from './packLanes';

/*
 * Layered layout (Sugiyama): packLanes gives the rows; barycentre sweeps order the cells of each lane by the weighted
 * mean column of their neighbours; isotonic regression (pool adjacent violators) assigns columns without overlap.
 *
 *   desired    a b   c       d            mean columns of the neighbours; a and b want the same one
 *   column     0 1 2 3 4 5
 *   assigned   [a][b][c]   [d]            in order, as close to the desired columns as possible
 */

/** The cell of a node; of two chips in one cell, the upper (0) or lower (1) half. */
export interface GridSlot {
  readonly lane: LaneId;
  readonly row: number;
  readonly column: number;
  readonly half: 0 | 1 | undefined;
}

/** Slots of all nodes. */
export interface Grid {
  readonly slots: ReadonlyMap<string, GridSlot>;
  /** The rows of each lane; an empty one if it has no cells. */
  readonly rowsByLane: ReadonlyMap<LaneId, readonly number[]>;
}

/** One node, or two chips, of a lane. */
interface GridCell {
  readonly lane: LaneId;
  readonly nodes: readonly NodeSpec[];
}

type WeightedNeighbours = ReadonlyMap<
  string,
  readonly { readonly id: string; readonly weight: number }[]
>;

const BARYCENTRE_SWEEPS = 8;
/** Weight of the middle of the grid, as a neighbour of every node; edges have 0.5 to 3. */
const CENTRE_WEIGHT = 1;

const laneOrderCache = new WeakMap<NodeCatalog, ReadonlyMap<string, number>>();
const gridCache = new WeakMap<NodeCatalog, Map<number, Grid>>();

/**
 * The grid of a catalog: lanes from top to bottom, short ones side by side, connected nodes in nearby columns.
 * Same object for the same catalog and columns.
 */
export function arrangeGrid(catalog: NodeCatalog, columns: number): Grid {
  const known = gridCache.get(catalog) ?? new Map<number, Grid>();
  gridCache.set(catalog, known);
  const grid = known.get(columns) ?? makeGrid(catalog, columns);
  known.set(columns, grid);
  return grid;
}

function makeGrid(catalog: NodeCatalog, maxColumns: number): Grid {
  const centre = laneOrderCache.get(catalog) ?? orderLanes(catalog);
  laneOrderCache.set(catalog, centre);
  const { rows, rowsByLane } = cellRows(catalog, centre, maxColumns);
  const columns = Math.max(1, ...rows.map((cells) => cells.length));
  const neighbours = neighboursOf(catalog);
  const at = new Map<string, number>();
  for (const cells of rows)
    assignColumns(
      cells,
      cells.map((_, i) => (columns - cells.length) / 2 + i),
      columns,
      at,
    );
  for (let sweep = 0; sweep < BARYCENTRE_SWEEPS; sweep++) {
    for (let i = 0; i < rows.length; i++) {
      const k = sweep % 2 === 0 ? i : rows.length - 1 - i;
      const cells = rows[k];
      if (!cells) continue;
      const desired = new Map(
        cells.map((cell) => [cell, desiredColumn(cell, neighbours, at, (columns - 1) / 2)]),
      );
      rows[k] = sortWithinLanes(cells, desired);
      assignColumns(
        rows[k],
        rows[k].map((cell) => desired.get(cell) ?? 0),
        columns,
        at,
      );
    }
  }
  const slots = new Map<string, GridSlot>();
  rows.forEach((cells, row) =>
    cells.forEach(({ lane, nodes }) =>
      nodes.forEach(({ id, size }, part) => {
        slots.set(id, {
          lane,
          row,
          column: at.get(id) ?? 0,
          half: size.form === 'chip' ? (part === 0 ? 0 : 1) : undefined,
        });
      }),
    ),
  );
  return { slots, rowsByLane };
}

/** The cells of every row, packed. A lane without nodes has an empty row, so that a node of another design finds its place. */
function cellRows(
  catalog: NodeCatalog,
  centre: ReadonlyMap<string, number>,
  columns: number,
): {
  readonly rows: (readonly GridCell[])[];
  readonly rowsByLane: ReadonlyMap<LaneId, readonly number[]>;
} {
  const lanes = LANES.map(({ id }) => ({
    id,
    cells: cellsOf(
      catalog.nodes.filter((node) => node.lane === id),
      centre,
    ),
  }));
  const occupied = lanes.filter(({ cells }) => cells.length > 0);
  const packedRows = packLanes(
    occupied.map(({ cells }) => cells.length),
    columns,
  );
  const rows: GridCell[][] = [];
  const rowsByLane = new Map<LaneId, readonly number[]>();
  /** Number of each packed row, once the lanes above it have theirs. */
  const rowNumbers = new Map<number, number>();
  for (const { id, cells } of lanes) {
    const lane = occupied.findIndex((each) => each.id === id);
    if (lane < 0) {
      rowsByLane.set(id, [rows.push([]) - 1]);
      continue;
    }
    const segments = packedRows.flatMap((row, i) =>
      row.flatMap((each) => {
        if (each.lane !== lane) return [];
        const number = rowNumbers.get(i) ?? rows.push([]) - 1;
        rowNumbers.set(i, number);
        return [{ row: number, cellCount: each.cellCount }];
      }),
    );
    rowsByLane.set(
      id,
      segments.map(({ row }) => row),
    );
    distributeCells(
      cells,
      segments.map(({ cellCount }) => cellCount),
      id === 'process',
    ).forEach((part, i) => rows[segments[i]?.row ?? 0]?.push(...part));
  }
  return { rows, rowsByLane };
}

/** Distributes the cells of a lane over rows that hold `cellCounts[i]`. Consecutive cells go to different rows, or with `inOrder` to the same. */
function distributeCells(
  cells: readonly GridCell[],
  cellCounts: readonly number[],
  inOrder: boolean,
): readonly (readonly GridCell[])[] {
  const parts = cellCounts.map((): GridCell[] => []);
  cells.forEach((cell, i) => {
    const lag = (row: number): number =>
      ((cellCounts[row] ?? 0) * (i + 1)) / cells.length - (parts[row]?.length ?? 0);
    const open = parts.flatMap((part, row) => (part.length < (cellCounts[row] ?? 0) ? [row] : []));
    const row = inOrder ? open[0] : open.toSorted((a, b) => lag(b) - lag(a) || a - b)[0];
    parts[row ?? 0]?.push(cell);
  });
  return parts;
}

/** The lanes of each row and their number of cells, without a layout. */
export function packedLaneRows(
  catalog: NodeCatalog,
  columns: number,
): readonly (readonly { readonly lane: LaneId; readonly cellCount: number }[])[] {
  const occupied = LANES.flatMap(({ id }) => {
    const lane = catalog.nodes.filter((node) => node.lane === id);
    const chips = lane.filter(({ size }) => size.form === 'chip').length;
    return lane.length > 0 ? [{ id, cells: lane.length - chips + Math.ceil(chips / 2) }] : [];
  });
  return packLanes(
    occupied.map(({ cells }) => cells),
    columns,
  ).map((row) =>
    row.flatMap(({ lane, cellCount }) => {
      const id = occupied[lane]?.id;
      return id ? [{ lane: id, cellCount }] : [];
    }),
  );
}

/** The cells of a lane in order; chips are paired. */
function cellsOf(lane: readonly NodeSpec[], centre: ReadonlyMap<string, number>): GridCell[] {
  const ordered =
    lane[0]?.lane === 'process'
      ? lane
      : lane.toSorted((a, b) => (centre.get(a.id) ?? 0) - (centre.get(b.id) ?? 0));
  const cells: { lane: LaneId; nodes: NodeSpec[] }[] = [];
  let open: NodeSpec[] | undefined;
  for (const node of ordered) {
    if (node.size.form !== 'chip') cells.push({ lane: node.lane, nodes: [node] });
    else if (open) {
      open.push(node);
      open = undefined;
    } else {
      open = [node];
      cells.push({ lane: node.lane, nodes: open });
    }
  }
  return cells;
}

/** Sorts the cells of each lane by desired column; processes keep their order. */
function sortWithinLanes(
  cells: readonly GridCell[],
  desired: ReadonlyMap<GridCell, number>,
): readonly GridCell[] {
  return LANES.flatMap(({ id }) => {
    const own = cells.filter((cell) => cell.lane === id);
    return id === 'process'
      ? own
      : own.toSorted((a, b) => (desired.get(a) ?? 0) - (desired.get(b) ?? 0));
  });
}

function desiredColumn(
  { nodes }: GridCell,
  neighbours: WeightedNeighbours,
  at: ReadonlyMap<string, number>,
  middle: number,
): number {
  return (
    nodes.reduce((sum, { id }) => sum + desiredCentre(id, neighbours, at, middle), 0) / nodes.length
  );
}

/** Writes the columns of a row's cells to `at`: in order, distinct, as close to the desired ones as possible. */
function assignColumns(
  cells: readonly GridCell[],
  desired: readonly number[],
  columns: number,
  at: Map<string, number>,
): void {
  const centres = isotonicCentres(
    cells.map(() => 1),
    desired,
  );
  let before = -1;
  cells.forEach(({ nodes }, i) => {
    const column = Math.max(
      before + 1,
      Math.min(columns - (cells.length - i), Math.round(centres[i] ?? 0)),
    );
    before = column;
    for (const { id } of nodes) at.set(id, column);
  });
}

function neighboursOf(catalog: NodeCatalog): WeightedNeighbours {
  const neighbours = new Map<string, { id: string; weight: number }[]>();
  const add = (a: string, id: string, weight: number): void => {
    const list = neighbours.get(a);
    if (list) list.push({ id, weight });
    else neighbours.set(a, [{ id, weight }]);
  };
  for (const { a, b, weight } of catalog.possibleEdges) {
    add(a, b, weight);
    add(b, a, weight);
  }
  return neighbours;
}

/** Position of every node in its lane, by barycentre sweeps down and up, before lanes are packed into rows. */
function orderLanes(catalog: NodeCatalog): ReadonlyMap<string, number> {
  const neighbours = neighboursOf(catalog);
  const lanes = LANES.map((lane) => catalog.nodes.filter((node) => node.lane === lane.id));
  const centre = new Map<string, number>();
  const place = (lane: readonly NodeSpec[], desired: readonly number[]): void => {
    const centres = isotonicCentres(
      lane.map(({ size }) => (size.form === 'chip' ? 0.5 : 1)),
      desired,
    );
    lane.forEach(({ id }, i) => centre.set(id, centres[i] ?? 0));
  };
  for (const lane of lanes)
    place(
      lane,
      lane.map((_, i) => i),
    );
  for (let sweep = 0; sweep < BARYCENTRE_SWEEPS; sweep++) {
    const middle = [...centre.values()].reduce((sum, at) => sum + at, 0) / Math.max(1, centre.size);
    for (const lane of sweep % 2 === 0 ? lanes : lanes.toReversed()) {
      const desired = lane.map((node) => desiredCentre(node.id, neighbours, centre, middle));
      const order = lane.map((_, i) => i);
      if (lane[0]?.lane !== 'process')
        order.sort((i, j) => (desired[i] ?? 0) - (desired[j] ?? 0) || i - j);
      place(
        order.flatMap((i) => lane[i] ?? []),
        order.map((i) => desired[i] ?? 0),
      );
    }
  }
  return centre;
}

function desiredCentre(
  id: string,
  neighbours: WeightedNeighbours,
  centre: ReadonlyMap<string, number>,
  middle?: number,
): number {
  let sum = (middle ?? 0) * CENTRE_WEIGHT;
  let weights = middle === undefined ? 0 : CENTRE_WEIGHT;
  for (const other of neighbours.get(id) ?? []) {
    const at = centre.get(other.id);
    if (at === undefined) continue;
    sum += at * other.weight;
    weights += other.weight;
  }
  return weights > 0 ? sum / weights : (centre.get(id) ?? 0);
}

/** Centres of consecutive intervals, as close to the desired ones (least squares) as their widths allow. */
function isotonicCentres(widths: readonly number[], desired: readonly number[]): readonly number[] {
  const starts: number[] = [];
  let offset = 0;
  for (const width of widths) {
    starts.push(offset);
    offset += width;
  }
  const half = (i: number): number => (widths[i] ?? 0) / 2;
  // Without overlap means: desired left edge minus the widths before it never decreases.
  const blocks: { sum: number; count: number }[] = [];
  widths.forEach((_, i) => {
    let block = { sum: (desired[i] ?? 0) - half(i) - (starts[i] ?? 0), count: 1 };
    for (
      let last = blocks.at(-1);
      last && last.sum / last.count > block.sum / block.count;
      last = blocks.at(-1)
    ) {
      blocks.pop();
      block = { sum: block.sum + last.sum, count: block.count + last.count };
    }
    blocks.push(block);
  });
  return blocks
    .flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count))
    .map((left, i) => left + (starts[i] ?? 0) + half(i));
}

/** Keeps every slot and gives each new node the free slot nearest to its neighbours, or one at the end of a row of its lane. */
export function extendGrid(catalog: NodeCatalog, { slots: kept, rowsByLane }: Grid): Grid {
  const neighbours = neighboursOf(catalog);
  const slots = new Map(kept);
  const at = new Map([...kept].map(([id, { column }]) => [id, column]));
  for (const {
    id,
    lane,
    size: { form },
  } of catalog.nodes) {
    if (kept.has(id)) continue;
    const slot = nearestFreeSlot(
      lane,
      form === 'chip',
      desiredCentre(id, neighbours, at),
      rowsByLane.get(lane) ?? [0],
      [...slots.values()],
    );
    slots.set(id, slot);
    at.set(id, slot.column);
  }
  return { slots, rowsByLane };
}

function nearestFreeSlot(
  lane: LaneId,
  chip: boolean,
  desired: number,
  rows: readonly number[],
  taken: readonly GridSlot[],
): GridSlot {
  let best: GridSlot | undefined;
  let lowestCost = Infinity;
  for (const row of rows) {
    const cells = taken.filter((slot) => slot.row === row);
    const own = cells.filter((slot) => slot.lane === lane).map((slot) => slot.column);
    const end = Math.max(-1, ...cells.map((slot) => slot.column)) + 1;
    for (let column = Math.min(0, ...own); column <= end; column++) {
      const cell = cells.filter((slot) => slot.column === column);
      const half =
        chip && cell.length === 1 && cell[0]?.half !== undefined && cell[0].lane === lane;
      if (cell.length > 0 && !half) continue;
      // No other lane is between it and the rest of its own.
      const contiguous =
        own.length === 0 ||
        own.some((each) =>
          cells.every(
            (slot) =>
              slot.lane === lane ||
              slot.column < Math.min(each, column) ||
              slot.column > Math.max(each, column),
          ),
        );
      const slotCost =
        Math.abs(column - desired) + (column === end ? 0.5 : 0) + (contiguous ? 0 : 100);
      if (slotCost >= lowestCost) continue;
      lowestCost = slotCost;
      best = { lane, row, column, half: !chip ? undefined : half && cell[0]?.half === 0 ? 1 : 0 };
    }
  }
  if (!best) throw new Error(`no row for lane ${lane}`);
  return best;
}
