import type { Program } from '../../kernel/compiler/program';
import { objectTypesOf, type NodeCatalog } from '../model/nodeCatalog';
import {
  catalogOfShown,
  foldCatalog,
  NO_FOLDED_GROUPS,
  type FoldedGroups,
} from '../model/groupFolding';
import { arrangeGrid, packedLaneRows, extendGrid, type Grid, type GridSlot } from './grid';
import { KERNEL_ZONE, LANES, laneOf, type LaneId } from './lanes';
import {
  CHIP_HEIGHT,
  CHIP_GAP,
  nodeHeight,
  nodeSizeOf,
  columnSpacing,
  NODE_WIDTH,
  type ColumnSpacing,
} from './nodeMetrics';
import type { Rect } from './geometry';

/** Position, size and lane of a node. */
export interface NodePlacement extends Rect {
  readonly lane: LaneId;
  /** The other chip of its cell is below it, or above it. */
  readonly chipBelow: boolean;
  readonly chipAbove: boolean;
}

/** y of the top and bottom of a row of the grid: only its nodes are in between. */
interface RowSpan {
  readonly top: number;
  readonly bottom: number;
}

/** A rectangle of the stage that belongs to a lane. Only the first one of a lane has a title. */
export interface LaneZone extends Rect {
  readonly id: string;
  readonly lane: LaneId;
  readonly title: string;
  readonly about: string;
}

/** Number of columns, and rows of text that a box shows at most. */
export interface LayoutShape {
  readonly columns: number;
  readonly maxTextRows: number;
}

/** Where everything goes that a program can show, or, with `withOpenRows`, some of it. */
export interface GraphLayout {
  readonly placements: ReadonlyMap<string, NodePlacement>;
  /** Slots, also those of nodes that only an earlier program had. */
  readonly grid: Grid;
  /** Height of each row of the grid, px. */
  readonly rowHeights: readonly number[];
  readonly columns: number;
  readonly spacing: ColumnSpacing;
  /** The rows that have nodes, from top to bottom, and the slots of their nodes in these rows. */
  readonly rows: readonly RowSpan[];
  readonly slots: ReadonlyMap<string, GridSlot>;
  /** y of the first row when it was first laid out. */
  readonly firstRowTop: number;
  /** See `LayoutShape`. */
  readonly maxTextRows: number;
  readonly zones: readonly LaneZone[];
  readonly catalog: NodeCatalog;
  /** Id of the folded group by the id of a node in it. */
  readonly foldedInto: ReadonlyMap<string, string>;
}

/** Height of a channel for edges between two rows, px. */
export const ROW_GAP = 26;
/** Around the nodes of a zone, px. Its title is at the left. */
const ZONE_PADDING = 6;
export const ZONE_TITLE_WIDTH = 20;
/** Between two zones side by side, px. */
const ZONE_GAP = 3;
/** Two chips. */
const MIN_ROW_HEIGHT = 2 * CHIP_HEIGHT + CHIP_GAP;

/** The shape for a narrow screen. */
export const NARROW_SHAPE: LayoutShape = { columns: 3, maxTextRows: 4 };

/** The shape for an unknown screen: about as wide as high. */
function defaultShape(catalog: NodeCatalog): LayoutShape {
  return {
    columns: Math.max(5, Math.min(16, Math.round(Math.sqrt(catalog.nodes.length * 1.2)))),
    maxTextRows: 5,
  };
}

/**
 * The layout of a program. With the layout of an earlier program in `kept`, nodes keep their slots, rows keep their heights and new
 * nodes take the nearest free slot, so that neither an added call nor another design moves anything. With `shown`, it has only
 * these nodes, and room for no others than these and those of the earlier program.
 *
 *   |user space| [qemu  ] [dpdk  ]                 zone: a lane's part of a row
 *                  channel                         ROW_GAP
 *   |files     | [fd1   ] |contexts| [chip  ]      a cell holds one node
 *                                    [chip  ]      or two chips
 */
export function layOutGraph(
  program: Program,
  kept?: GraphLayout,
  folded: FoldedGroups = NO_FOLDED_GROUPS,
  requested?: LayoutShape,
  shown?: ReadonlySet<string>,
): GraphLayout {
  const { catalog: full, foldedInto } = foldCatalog(program, folded);
  const catalog = shown ? catalogOfShown(full, shown) : full;
  const shape = requested ?? defaultShape(catalog);
  const grid = kept ? extendGrid(catalog, kept.grid) : arrangeGrid(catalog, shape.columns);
  const rowHeights = rowHeightsOf(
    shown ? NO_MIN_HEIGHTS : minLaneHeights(program, shape.maxTextRows),
    catalog,
    grid,
    shape,
  ).map((height, row) => {
    const old = kept?.rowHeights[row];
    // Only the first row grows: it extends upwards, so that nothing moves. With `shown`, the programs share the heights.
    return old !== undefined && row > 0 ? Math.max(old, shown ? height : 0) : height;
  });
  return openRows(
    {
      grid,
      rowHeights,
      columns:
        Math.max(
          0,
          ...(shown
            ? [...grid.slots.values()]
            : catalog.nodes.flatMap(({ id }) => grid.slots.get(id) ?? [])
          ).map(({ column }) => column),
        ) + 1,
      spacing: columnSpacing(shape.columns),
      firstRowTop: kept?.firstRowTop ?? -(rowHeights[0] ?? 0),
      maxTextRows: shape.maxTextRows,
      catalog,
      foldedInto,
    },
    new Set(
      catalog.nodes.flatMap(({ id }) => {
        const slot = grid.slots.get(id);
        return slot ? [segmentKey(slot)] : [];
      }),
    ),
  );
}

/** By open lanes and rows. */
const openRowsCache = new WeakMap<GraphLayout, Map<string, GraphLayout>>();

/**
 * The layout with only the rows and lanes that have one of these nodes: what is empty takes no room. Rows and columns keep
 * their order, and a row its height. Same object for the same lanes and rows.
 */
export function withOpenRows(layout: GraphLayout, visible: Iterable<string>): GraphLayout {
  const open = new Set<string>();
  for (const id of visible) {
    const slot = layout.grid.slots.get(id);
    if (slot) open.add(segmentKey(slot));
  }
  const known = openRowsCache.get(layout) ?? new Map<string, GraphLayout>();
  openRowsCache.set(layout, known);
  const key = [...open].toSorted().join(', ');
  const result = known.get(key) ?? openRows(layout, open);
  known.set(key, result);
  return result;
}

/** The part of a lane in a row of the grid. */
function segmentKey({ lane, row }: GridSlot): string {
  return `${row} ${lane}`;
}

/** Places the nodes of the lanes and rows of the grid in `open`. */
function openRows(
  base: Omit<GraphLayout, 'placements' | 'rows' | 'slots' | 'zones'>,
  open: ReadonlySet<string>,
): GraphLayout {
  const { grid, rowHeights, catalog, columns, spacing, firstRowTop, maxTextRows } = base;
  // The first row stays, so that the others have their places below it.
  const shown = [...grid.slots].filter(([, slot]) => open.has(segmentKey(slot)));
  const openGridRows = new Set([0, ...shown.map(([, { row }]) => row)]);
  const gridRows = rowHeights.flatMap((_, row) => (openGridRows.has(row) ? [row] : []));
  const rowNumbers = new Map(gridRows.map((row, i) => [row, i]));
  const heights = gridRows.map((row) => rowHeights[row] ?? 0);
  const rows = rowSpans(heights, firstRowTop);
  const slots = new Map(
    shown.flatMap(([id, slot]): [string, GridSlot][] => {
      const row = rowNumbers.get(slot.row);
      return row === undefined ? [] : [[id, { ...slot, row }]];
    }),
  );
  const pairedCells = new Set([...slots.values()].filter((slot) => slot.half === 1).map(cellKey));
  const placements = new Map(
    catalog.nodes.flatMap((node): [string, NodePlacement][] => {
      const slot = slots.get(node.id);
      if (!slot) return [];
      return [
        [
          node.id,
          placementOf(
            slot,
            spacing,
            node.lane,
            slot.half === undefined
              ? Math.min(nodeHeight(node.size, maxTextRows), heights[slot.row] ?? Infinity)
              : CHIP_HEIGHT,
            rows,
            firstRowTop,
            slot.half !== undefined && pairedCells.has(cellKey(slot)),
          ),
        ],
      ];
    }),
  );
  return {
    ...base,
    placements,
    rows,
    slots,
    zones: laneZones(catalog, slots, rows, columns, spacing),
  };
}

/**
 * Upper bound of the size of a layout, without a layout: as if the highest node of each lane were in all its rows. Own calls
 * have the room of the calls that they replaced, so that the first of them move nothing.
 */
export function maxLayoutSize(
  program: Program,
  folded: FoldedGroups,
  shape: LayoutShape,
): { readonly width: number; readonly height: number } {
  const { columns, maxTextRows: rows } = shape;
  const replaced = program.replaced && maxLayoutSize(program.replaced, folded, shape);
  const { catalog } = foldCatalog(program, folded);
  const laneRows = packedLaneRows(catalog, columns);
  const minHeights = minLaneHeights(program, rows);
  const largest = new Map<LaneId, number>();
  for (const { lane, size } of catalog.nodes)
    if (size.form !== 'chip')
      largest.set(lane, Math.max(largest.get(lane) ?? 0, nodeHeight(size, rows)));
  const heights = laneRows.map(() => MIN_ROW_HEIGHT);
  for (const { id } of LANES)
    laneRows.forEach((lanes, row) => {
      if (lanes.some(({ lane }) => lane === id))
        heights[row] = Math.max(heights[row] ?? 0, minHeights.get(id) ?? 0, largest.get(id) ?? 0);
    });
  const longest = Math.max(
    1,
    ...laneRows.map((lanes) => lanes.reduce((sum, { cellCount }) => sum + cellCount, 0)),
  );
  const { pitch, rightMargin } = columnSpacing(columns);
  return {
    width: Math.max(
      replaced?.width ?? 0,
      ZONE_TITLE_WIDTH + (longest - 1) * pitch + NODE_WIDTH + ZONE_PADDING + rightMargin,
    ),
    height: Math.max(
      replaced?.height ?? 0,
      heights.reduce((sum, each) => sum + each + ROW_GAP, 2 * ZONE_PADDING - ROW_GAP),
    ),
  };
}

function cellKey({ row, column }: GridSlot): string {
  return `${row} ${column}`;
}

/** Nodes are aligned with the top of their row. A node of the first row that grew extends upwards, so that a longer fd table moves nothing. */
function placementOf(
  slot: GridSlot,
  { pitch }: ColumnSpacing,
  lane: LaneId,
  height: number,
  rows: readonly RowSpan[],
  firstRowTop: number,
  paired: boolean,
): NodePlacement {
  const row = rows[slot.row] ?? { top: 0, bottom: 0 };
  const cell = slot.half === undefined ? height : MIN_ROW_HEIGHT;
  const top = slot.row === 0 ? Math.min(firstRowTop, row.bottom - cell) : row.top;
  return {
    x: slot.column * pitch,
    y: top + (slot.half === 1 ? CHIP_HEIGHT + CHIP_GAP : 0),
    width: NODE_WIDTH,
    height,
    lane,
    chipBelow: paired && slot.half === 0,
    chipAbove: paired && slot.half === 1,
  };
}

/** A row is as high as the largest struct of the design that can get there, whether the scenario has it or not. */
function rowHeightsOf(
  minHeights: ReadonlyMap<LaneId, number>,
  catalog: NodeCatalog,
  { slots, rowsByLane: rowsOfLane }: Grid,
  shape: LayoutShape,
): readonly number[] {
  const heights: number[] = [];
  const need = (row: number, height: number): void => {
    heights[row] = Math.max(heights[row] ?? 0, height);
  };
  for (const [lane, rows] of rowsOfLane)
    for (const row of rows) need(row, Math.max(MIN_ROW_HEIGHT, minHeights.get(lane) ?? 0));
  for (const { id, size } of catalog.nodes)
    if (slots.get(id)?.half === undefined)
      need(slots.get(id)?.row ?? 0, nodeHeight(size, shape.maxTextRows));
  return heights;
}

const NO_MIN_HEIGHTS: ReadonlyMap<LaneId, number> = new Map();

/** The height of the largest struct of each lane. */
function minLaneHeights(program: Program, rows: number): ReadonlyMap<LaneId, number> {
  const heights = new Map<LaneId, number>();
  for (const spec of objectTypesOf(program)) {
    const lane = laneOf(spec);
    if (lane)
      heights.set(lane, Math.max(heights.get(lane) ?? 0, nodeHeight(nodeSizeOf(spec), rows)));
  }
  return heights;
}

/** The bottom of the first row is at y 0, whatever its height. */
function rowSpans(heights: readonly number[], firstRowTop: number): readonly RowSpan[] {
  let top = ROW_GAP;
  return heights.map((height, row): RowSpan => {
    if (row === 0) return { top: Math.min(firstRowTop, -height), bottom: 0 };
    const span = { top, bottom: top + height };
    top = span.bottom + ROW_GAP;
    return span;
  });
}

/** The lanes as zones that tile one rectangle: each lane is one zone, parted from the next one of its row. */
function laneZones(
  catalog: NodeCatalog,
  slots: GraphLayout['slots'],
  rows: readonly RowSpan[],
  columns: number,
  { pitch, rightMargin }: ColumnSpacing,
): readonly LaneZone[] {
  const right = (columns - 1) * pitch + NODE_WIDTH + ZONE_PADDING + rightMargin;
  const zones: LaneZone[] = [];
  for (const [row, { top, bottom }] of rows.entries()) {
    const cells = catalog.nodes
      .flatMap(({ id, lane, source }) => {
        const slot = slots.get(id);
        const kernel = source.kind === 'process' && source.kernel === true;
        return slot?.row === row ? [{ lane, kernel, column: slot.column }] : [];
      })
      .toSorted((a, b) => a.column - b.column);
    const parts = cells
      .filter(
        ({ lane, kernel }, i) => lane !== cells[i - 1]?.lane || kernel !== cells[i - 1]?.kernel,
      )
      .map(({ lane, kernel, column }, i) => ({
        lane,
        kernel,
        column,
        x: (i === 0 ? 0 : column * pitch) - ZONE_TITLE_WIDTH,
      }));
    parts.forEach(({ lane, kernel, column, x }, i) => {
      const width = (parts[i + 1] ? (parts[i + 1]?.x ?? 0) - ZONE_GAP : right) - x;
      const name = kernel ? KERNEL_ZONE : LANES.find((each) => each.id === lane);
      const before = zones.findLast((zone) => zone.about === name?.about);
      const y = top - ZONE_PADDING;
      const height = bottom - top + 2 * ZONE_PADDING;
      // The rows of a lane are one zone.
      if (before && before.x === x && before.width === width)
        zones[zones.indexOf(before)] = { ...before, height: y + height - before.y };
      else {
        const { id, title, about } = name ?? { id: lane, title: '', about: '' };
        zones.push({
          id: before ? `${id} ${row} ${column}` : id,
          lane,
          title: before ? '' : title,
          about,
          x,
          y,
          width,
          height,
        });
      }
    });
  }
  return zones;
}
