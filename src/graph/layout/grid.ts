import type { NodeSpec, NodeCatalog } from '../model/nodeCatalog';
import { LANES, type LaneId } from './lanes';
import { packLanes, type Packing } from './packLanes';

/** The cell of an actor, or of two chips the upper (0) or lower (1) half of one. */
export interface GridSlot {
  readonly lane: LaneId;
  readonly row: number;
  readonly column: number;
  readonly half: 0 | 1 | undefined;
}

export interface Grid {
  readonly slots: ReadonlyMap<string, GridSlot>;
  /** The rows in which a lane has cells, or would get its first one. */
  readonly rowsByLane: ReadonlyMap<LaneId, readonly number[]>;
}

/** One actor, or two chips, of a lane. */
interface GridCell {
  readonly lane: LaneId;
  readonly nodes: readonly NodeSpec[];
}

type WeightedNeighbours = ReadonlyMap<
  string,
  readonly { readonly id: string; readonly weight: number }[]
>;

const BARYCENTRE_SWEEPS = 8;
/** How strongly everything is drawn to the middle, beside ties of weight 1 to 3. */
const CENTRE_WEIGHT = 1;

const laneOrderCache = new WeakMap<NodeCatalog, ReadonlyMap<string, number>>();
const gridCache = new WeakMap<NodeCatalog, Map<string, Grid>>();

/**
 * The cast on a grid of so many columns: the lanes from top to bottom, short ones side by side, in each row those near to
 * one another that have to do with one another. Same object for the same cast, columns and packing.
 */
export function arrangeGrid(cast: NodeCatalog, columns: number, packing: Packing): Grid {
  const known = gridCache.get(cast) ?? new Map<string, Grid>();
  gridCache.set(cast, known);
  const key = `${columns} ${packing}`;
  const grid = known.get(key) ?? makeGrid(cast, columns, packing);
  known.set(key, grid);
  return grid;
}

function makeGrid(cast: NodeCatalog, most: number, packing: Packing): Grid {
  const centre = laneOrderCache.get(cast) ?? orderLanes(cast);
  laneOrderCache.set(cast, centre);
  const { lines, homes } = cellRows(cast, centre, most, packing);
  const columns = Math.max(1, ...lines.map((line) => line.length));
  const near = neighboursOf(cast);
  const at = new Map<string, number>();
  for (const line of lines)
    assignColumns(
      line,
      line.map((_, i) => (columns - line.length) / 2 + i),
      columns,
      at,
    );
  for (let round = 0; round < BARYCENTRE_SWEEPS; round++) {
    for (let i = 0; i < lines.length; i++) {
      const k = round % 2 === 0 ? i : lines.length - 1 - i;
      const line = lines[k];
      if (!line) continue;
      const wanted = new Map(
        line.map((cell) => [cell, desiredColumn(cell, near, at, (columns - 1) / 2)]),
      );
      lines[k] = sortWithinLanes(line, wanted);
      assignColumns(
        lines[k],
        lines[k].map((cell) => wanted.get(cell) ?? 0),
        columns,
        at,
      );
    }
  }
  const slots = new Map<string, GridSlot>();
  lines.forEach((line, row) =>
    line.forEach(({ lane, nodes: actors }) =>
      actors.forEach(({ id, size }, part) => {
        slots.set(id, {
          lane,
          row,
          column: at.get(id) ?? 0,
          half: size.form === 'chip' ? (part === 0 ? 0 : 1) : undefined,
        });
      }),
    ),
  );
  return { slots, rowsByLane: homes };
}

/** The lanes as lines of cells, as they are packed. */
function cellRows(
  cast: NodeCatalog,
  centre: ReadonlyMap<string, number>,
  columns: number,
  packing: Packing,
): {
  readonly lines: (readonly GridCell[])[];
  readonly homes: ReadonlyMap<LaneId, readonly number[]>;
} {
  const lanes = LANES.map(({ id }) => ({
    id,
    cells: cellsOf(
      cast.nodes.filter((actor) => actor.lane === id),
      centre,
    ),
  }));
  const some = lanes.filter(({ cells }) => cells.length > 0);
  const rows = packLanes(
    some.map(({ cells }) => cells.length),
    columns,
    packing,
  );
  const lines = rows.map((): GridCell[] => []);
  const homes = new Map<LaneId, readonly number[]>();
  some.forEach(({ id, cells }, lane) => {
    const shares = rows.flatMap((row, i) =>
      row.flatMap((share) => (share.lane === lane ? [{ row: i, cells: share.cellCount }] : [])),
    );
    homes.set(
      id,
      shares.map(({ row }) => row),
    );
    distributeCells(
      cells,
      shares.map((share) => share.cells),
      id === 'process',
    ).forEach((part, i) => lines[shares[i]?.row ?? 0]?.push(...part));
  });
  // A lane without a cell would get its first one where the lane above it ends.
  let last = 0;
  for (const { id } of lanes) {
    if (!homes.has(id)) homes.set(id, [last]);
    last = homes.get(id)?.at(-1) ?? last;
  }
  return { lines, homes };
}

/** Cells for rows that take so many each. Neighbours in the order stand above one another; `inOrder`, they follow one another. */
function distributeCells(
  cells: readonly GridCell[],
  shares: readonly number[],
  inOrder: boolean,
): readonly (readonly GridCell[])[] {
  const parts = shares.map((): GridCell[] => []);
  cells.forEach((cell, i) => {
    const lag = (row: number): number =>
      ((shares[row] ?? 0) * (i + 1)) / cells.length - (parts[row]?.length ?? 0);
    const open = parts.flatMap((part, row) => (part.length < (shares[row] ?? 0) ? [row] : []));
    const row = inOrder ? open[0] : open.toSorted((a, b) => lag(b) - lag(a) || a - b)[0];
    parts[row ?? 0]?.push(cell);
  });
  return parts;
}

/** The lanes in the rows of a packing, from top to bottom, without laying anything out. */
export function packedLaneRows(
  cast: NodeCatalog,
  columns: number,
  packing: Packing,
): readonly (readonly { readonly lane: LaneId; readonly cells: number }[])[] {
  const some = LANES.flatMap(({ id }) => {
    const lane = cast.nodes.filter((actor) => actor.lane === id);
    const chips = lane.filter(({ size }) => size.form === 'chip').length;
    return lane.length > 0 ? [{ id, cells: lane.length - chips + Math.ceil(chips / 2) }] : [];
  });
  return packLanes(
    some.map(({ cells }) => cells),
    columns,
    packing,
  ).map((row) =>
    row.flatMap(({ lane, cellCount: cells }) => {
      const id = some[lane]?.id;
      return id ? [{ lane: id, cells }] : [];
    }),
  );
}

/** The cells of a lane in their order: chips in pairs. */
function cellsOf(lane: readonly NodeSpec[], centre: ReadonlyMap<string, number>): GridCell[] {
  const ordered =
    lane[0]?.lane === 'process'
      ? lane
      : lane.toSorted((a, b) => (centre.get(a.id) ?? 0) - (centre.get(b.id) ?? 0));
  const cells: { lane: LaneId; nodes: NodeSpec[] }[] = [];
  let open: NodeSpec[] | undefined;
  for (const actor of ordered) {
    if (actor.size.form !== 'chip') cells.push({ lane: actor.lane, nodes: [actor] });
    else if (open) {
      open.push(actor);
      open = undefined;
    } else {
      open = [actor];
      cells.push({ lane: actor.lane, nodes: open });
    }
  }
  return cells;
}

/** Cells in the order that they want, lane by lane; processes stay as they are. */
function sortWithinLanes(
  line: readonly GridCell[],
  wanted: ReadonlyMap<GridCell, number>,
): readonly GridCell[] {
  return LANES.flatMap(({ id }) => {
    const cells = line.filter((cell) => cell.lane === id);
    return id === 'process'
      ? cells
      : cells.toSorted((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
  });
}

function desiredColumn(
  { nodes: actors }: GridCell,
  near: WeightedNeighbours,
  at: ReadonlyMap<string, number>,
  middle: number,
): number {
  return (
    actors.reduce((sum, { id }) => sum + desiredCentre(id, near, at, middle), 0) / actors.length
  );
}

/** Puts a line's cells, in their order, as near to the wanted columns as `columns` allows. */
function assignColumns(
  line: readonly GridCell[],
  wanted: readonly number[],
  columns: number,
  at: Map<string, number>,
): void {
  const middles = isotonicCentres(
    line.map(() => 1),
    wanted,
  );
  let before = -1;
  line.forEach(({ nodes: actors }, i) => {
    const column = Math.max(
      before + 1,
      Math.min(columns - (line.length - i), Math.round(middles[i] ?? 0)),
    );
    before = column;
    for (const { id } of actors) at.set(id, column);
  });
}

/** Neighbours with weights, by id. */
function neighboursOf(cast: NodeCatalog): WeightedNeighbours {
  const near = new Map<string, { id: string; weight: number }[]>();
  const add = (a: string, id: string, weight: number): void => {
    const list = near.get(a);
    if (list) list.push({ id, weight });
    else near.set(a, [{ id, weight }]);
  };
  for (const { a, b, weight } of cast.possibleEdges) {
    add(a, b, weight);
    add(b, a, weight);
  }
  return near;
}

/** Orders every lane by the weighted mean of its neighbours, down and up until it has settled, on a line without end. */
function orderLanes(cast: NodeCatalog): ReadonlyMap<string, number> {
  const near = neighboursOf(cast);
  const lanes = LANES.map((lane) => cast.nodes.filter((actor) => actor.lane === lane.id));
  const centre = new Map<string, number>();
  const place = (lane: readonly NodeSpec[], wanted: readonly number[]): void => {
    const middles = isotonicCentres(
      lane.map(({ size }) => (size.form === 'chip' ? 0.5 : 1)),
      wanted,
    );
    lane.forEach(({ id }, i) => centre.set(id, middles[i] ?? 0));
  };
  for (const lane of lanes)
    place(
      lane,
      lane.map((_, i) => i),
    );
  for (let round = 0; round < BARYCENTRE_SWEEPS; round++) {
    const middle = [...centre.values()].reduce((sum, at) => sum + at, 0) / Math.max(1, centre.size);
    for (const lane of round % 2 === 0 ? lanes : lanes.toReversed()) {
      const wanted = lane.map((actor) => desiredCentre(actor.id, near, centre, middle));
      const order = lane.map((_, i) => i);
      if (lane[0]?.lane !== 'process')
        order.sort((i, j) => (wanted[i] ?? 0) - (wanted[j] ?? 0) || i - j);
      place(
        order.flatMap((i) => lane[i] ?? []),
        order.map((i) => wanted[i] ?? 0),
      );
    }
  }
  return centre;
}

function desiredCentre(
  id: string,
  near: WeightedNeighbours,
  centre: ReadonlyMap<string, number>,
  middle?: number,
): number {
  let sum = (middle ?? 0) * CENTRE_WEIGHT;
  let weights = middle === undefined ? 0 : CENTRE_WEIGHT;
  for (const other of near.get(id) ?? []) {
    const at = centre.get(other.id);
    if (at === undefined) continue;
    sum += at * other.weight;
    weights += other.weight;
  }
  return weights > 0 ? sum / weights : (centre.get(id) ?? 0);
}

/** The middles of spans in this order, as near to the wanted ones as their widths allow (pooling neighbours that push). */
function isotonicCentres(widths: readonly number[], wanted: readonly number[]): readonly number[] {
  const starts: number[] = [];
  let offset = 0;
  for (const width of widths) {
    starts.push(offset);
    offset += width;
  }
  const half = (i: number): number => (widths[i] ?? 0) / 2;
  // Least squares under "no overlap" is isotonic regression of wanted left edge minus running width.
  const blocks: { sum: number; count: number }[] = [];
  widths.forEach((_, i) => {
    let block = { sum: (wanted[i] ?? 0) - half(i) - (starts[i] ?? 0), count: 1 };
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

/** Keeps every old slot and gives newcomers the free one nearest to their neighbours; where their lane has none left, one at the end of its row. */
export function extendGrid(cast: NodeCatalog, { slots: old, rowsByLane: homes }: Grid): Grid {
  const near = neighboursOf(cast);
  const slots = new Map(old);
  const at = new Map([...old].map(([id, { column }]) => [id, column]));
  for (const {
    id,
    lane,
    size: { form },
  } of cast.nodes) {
    if (old.has(id)) continue;
    const slot = nearestFreeSlot(
      lane,
      form === 'chip',
      desiredCentre(id, near, at),
      homes.get(lane) ?? [0],
      [...slots.values()],
    );
    slots.set(id, slot);
    at.set(id, slot.column);
  }
  return { slots, rowsByLane: homes };
}

function nearestFreeSlot(
  lane: LaneId,
  chip: boolean,
  wanted: number,
  rows: readonly number[],
  taken: readonly GridSlot[],
): GridSlot {
  let best: GridSlot | undefined;
  let cost = Infinity;
  for (const row of rows) {
    const line = taken.filter((slot) => slot.row === row);
    const own = line.filter((slot) => slot.lane === lane).map((slot) => slot.column);
    const end = Math.max(-1, ...line.map((slot) => slot.column)) + 1;
    for (let column = Math.min(0, ...own); column <= end; column++) {
      const cell = line.filter((slot) => slot.column === column);
      const half =
        chip && cell.length === 1 && cell[0]?.half !== undefined && cell[0].lane === lane;
      if (cell.length > 0 && !half) continue;
      // No other lane stands between it and the rest of its own.
      const between =
        own.length === 0 ||
        own.some((each) =>
          line.every(
            (slot) =>
              slot.lane === lane ||
              slot.column < Math.min(each, column) ||
              slot.column > Math.max(each, column),
          ),
        );
      const away = Math.abs(column - wanted) + (column === end ? 0.5 : 0) + (between ? 0 : 100);
      if (away >= cost) continue;
      cost = away;
      best = { lane, row, column, half: !chip ? undefined : half && cell[0]?.half === 0 ? 1 : 0 };
    }
  }
  if (!best) throw new Error(`no row for lane ${lane}`);
  return best;
}
