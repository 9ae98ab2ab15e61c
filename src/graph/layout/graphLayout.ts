import type { Program } from '../../kernel/compiler/program';
import { objectTypesOf, type NodeCatalog } from '../model/nodeCatalog';
import { foldCatalog, NO_FOLDED_GROUPS, type FoldedGroups } from '../model/groupFolding';
import { arrangeGrid, packedLaneRows, extendGrid, type Grid, type GridSlot } from './grid';
import { LANES, laneOf, type LaneId } from './lanes';
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
import type { Packing } from './packLanes';

export interface NodePlacement extends Rect {
  readonly lane: LaneId;
  /** A chip stands below it, or above it, in the same cell. */
  readonly chipBelow: boolean;
  readonly chipAbove: boolean;
}

/** From where to where a row of the grid reaches: nothing else stands between these heights. */
interface RowSpan {
  readonly top: number;
  readonly bottom: number;
}

/** A part of the stage that belongs to a lane. A lane may have several. */
export interface LaneZone extends Rect {
  readonly id: string;
  readonly lane: LaneId;
  readonly title: string;
  readonly about: string;
}

/** How many columns the stage has, how many rows of text its boxes show at most, and whether lanes are broken to save rows. */
export interface LayoutShape {
  readonly columns: number;
  readonly maxTextRows: number;
  readonly packing: Packing;
}

/** Where everything stands that a program can put on the stage; independent of the state. */
export interface GraphLayout {
  readonly placements: ReadonlyMap<string, NodePlacement>;
  /** Slots of the grid, with those of actors that an earlier program had. */
  readonly grid: Grid;
  readonly columns: number;
  readonly spacing: ColumnSpacing;
  readonly rows: readonly RowSpan[];
  /** Where the first row began when it was first laid out. */
  readonly firstRowTop: number;
  readonly zones: readonly LaneZone[];
  readonly catalog: NodeCatalog;
  /** The node that stands for a folded actor, by actor id. */
  readonly foldedInto: ReadonlyMap<string, string>;
}

/** Between the rows of the grid: where edges run. */
export const ROW_GAP = 26;
/** Around the nodes of a zone; at its left its name stands. */
const ZONE_PADDING = 6;
export const ZONE_TITLE_WIDTH = 17;
/** Between two zones side by side. */
const ZONE_GAP = 3;
/** Whatever its lanes may hold: two chips. */
const MIN_ROW_HEIGHT = 2 * CHIP_HEIGHT + CHIP_GAP;

/** The shape for a narrow screen. */
export const NARROW_SHAPE: LayoutShape = { columns: 3, maxTextRows: 4, packing: 'tidy' };

/** The shape of a stage without a screen: about as wide as high. */
function defaultShape(cast: NodeCatalog): LayoutShape {
  return {
    columns: Math.max(5, Math.min(16, Math.round(Math.sqrt(cast.nodes.length * 1.2)))),
    maxTextRows: 5,
    packing: 'tidy',
  };
}

/**
 * Gives every actor its slot. Without `kept`, the whole program is laid out; with it, whoever had a slot keeps it and newcomers
 * take the nearest free one, so that a call added to the program moves nothing.
 */
export function layOutGraph(
  program: Program,
  kept?: GraphLayout,
  folded: FoldedGroups = NO_FOLDED_GROUPS,
  wanted?: LayoutShape,
): GraphLayout {
  const { catalog: cast, foldedInto: standIn } = foldCatalog(program, folded);
  const shape = wanted ?? defaultShape(cast);
  const grid = kept ? extendGrid(cast, kept.grid) : arrangeGrid(cast, shape.columns, shape.packing);
  const spacing = columnSpacing(shape.columns);
  const heights = rowHeights(program, cast, grid, shape);
  const ceiling = kept?.firstRowTop ?? -(heights[0] ?? 0);
  const rows = rowSpans(heights, ceiling);
  const pairs = new Set([...grid.slots.values()].filter((slot) => slot.half === 1).map(cellKey));
  const places = new Map(
    cast.nodes.map((actor): [string, NodePlacement] => {
      const slot = grid.slots.get(actor.id);
      if (!slot) throw new Error(`no slot for ${actor.id}`);
      return [
        actor.id,
        placementOf(
          slot,
          spacing,
          actor.lane,
          slot.half === undefined ? nodeHeight(actor.size, shape.maxTextRows) : CHIP_HEIGHT,
          rows,
          ceiling,
          slot.half !== undefined && pairs.has(cellKey(slot)),
        ),
      ];
    }),
  );
  const columns = Math.max(0, ...[...grid.slots.values()].map((slot) => slot.column)) + 1;
  return {
    placements: places,
    grid,
    columns,
    spacing,
    rows,
    firstRowTop: ceiling,
    zones: laneZones(cast, grid, rows, columns, spacing),
    catalog: cast,
    foldedInto: standIn,
  };
}

/** How large the layout of a program is in a shape at most, without laying it out: as if the highest of each lane stood in all its rows. */
export function maxLayoutSize(
  program: Program,
  folded: FoldedGroups,
  { columns, maxTextRows: rows, packing }: LayoutShape,
): { readonly width: number; readonly height: number } {
  const { catalog: cast } = foldCatalog(program, folded);
  const lines = packedLaneRows(cast, columns, packing);
  const least = minLaneHeights(program, rows);
  const own = new Map<LaneId, number>();
  for (const { lane, size } of cast.nodes)
    if (size.form !== 'chip') own.set(lane, Math.max(own.get(lane) ?? 0, nodeHeight(size, rows)));
  const heights = lines.map(() => MIN_ROW_HEIGHT);
  // A lane without a cell keeps room for its first one where the lane above it ends.
  let last = 0;
  for (const { id } of LANES) {
    const homes = lines.flatMap((line, row) => (line.some(({ lane }) => lane === id) ? [row] : []));
    for (const row of homes.length > 0 ? homes : [last])
      heights[row] = Math.max(heights[row] ?? 0, least.get(id) ?? 0, own.get(id) ?? 0);
    last = homes.at(-1) ?? last;
  }
  const longest = Math.max(
    1,
    ...lines.map((line) => line.reduce((sum, { cells }) => sum + cells, 0)),
  );
  const { pitch, rightMargin: aside } = columnSpacing(columns);
  return {
    width: ZONE_TITLE_WIDTH + (longest - 1) * pitch + NODE_WIDTH + ZONE_PADDING + aside,
    height: heights.reduce((sum, each) => sum + each + ROW_GAP, 2 * ZONE_PADDING - ROW_GAP),
  };
}

function cellKey({ row, column }: GridSlot): string {
  return `${row} ${column}`;
}

/** Everything stands at the top of its row; what is higher than the first row was reaches above it, so that a longer fd table moves nothing. */
function placementOf(
  slot: GridSlot,
  { pitch }: ColumnSpacing,
  lane: LaneId,
  height: number,
  rows: readonly RowSpan[],
  ceiling: number,
  paired: boolean,
): NodePlacement {
  const row = rows[slot.row] ?? { top: 0, bottom: 0 };
  const cell = slot.half === undefined ? height : MIN_ROW_HEIGHT;
  const top = slot.row === 0 ? Math.min(ceiling, row.bottom - cell) : row.top;
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

/** A row is as high as the biggest struct of the design's that may come to stand in it, whatever the scenario holds. */
function rowHeights(
  program: Program,
  cast: NodeCatalog,
  { slots, rowsByLane: homes }: Grid,
  shape: LayoutShape,
): readonly number[] {
  const heights: number[] = [];
  const need = (row: number, height: number): void => {
    heights[row] = Math.max(heights[row] ?? 0, height);
  };
  const least = minLaneHeights(program, shape.maxTextRows);
  for (const [lane, rows] of homes)
    for (const row of rows) need(row, Math.max(MIN_ROW_HEIGHT, least.get(lane) ?? 0));
  for (const { id, size } of cast.nodes)
    if (slots.get(id)?.half === undefined)
      need(slots.get(id)?.row ?? 0, nodeHeight(size, shape.maxTextRows));
  return heights;
}

/** The height of the biggest struct of each lane. */
function minLaneHeights(program: Program, rows: number): ReadonlyMap<LaneId, number> {
  const heights = new Map<LaneId, number>();
  for (const spec of objectTypesOf(program)) {
    const lane = laneOf(spec);
    if (lane)
      heights.set(lane, Math.max(heights.get(lane) ?? 0, nodeHeight(nodeSizeOf(spec), rows)));
  }
  return heights;
}

/** The floor of the first row is at 0, whatever grows in it. */
function rowSpans(heights: readonly number[], ceiling: number): readonly RowSpan[] {
  let top = ROW_GAP;
  return heights.map((height, row): RowSpan => {
    if (row === 0) return { top: Math.min(ceiling, -height), bottom: 0 };
    const span = { top, bottom: top + height };
    top = span.bottom + ROW_GAP;
    return span;
  });
}

/** The lanes as zones that tile one rectangle: each row is full, and parted where another lane begins. */
function laneZones(
  cast: NodeCatalog,
  { slots }: Grid,
  rows: readonly RowSpan[],
  columns: number,
  { pitch, rightMargin: aside }: ColumnSpacing,
): readonly LaneZone[] {
  const right = (columns - 1) * pitch + NODE_WIDTH + ZONE_PADDING + aside;
  return rows.flatMap(({ top, bottom }, row) => {
    const cells = cast.nodes
      .flatMap(({ id, lane }) => {
        const slot = slots.get(id);
        return slot?.row === row ? [{ lane, column: slot.column }] : [];
      })
      .toSorted((a, b) => a.column - b.column);
    const parts = cells
      .filter(({ lane }, i) => lane !== cells[i - 1]?.lane)
      .map(({ lane, column }, i) => ({
        lane,
        column,
        x: (i === 0 ? 0 : column * pitch) - ZONE_TITLE_WIDTH,
      }));
    return parts.flatMap(({ lane, column, x }, i): LaneZone[] =>
      LANES.filter((each) => each.id === lane).map(({ title, about }) => ({
        id: `${lane} ${row} ${column}`,
        lane,
        title,
        about,
        x,
        y: top - ZONE_PADDING,
        width: (parts[i + 1] ? (parts[i + 1]?.x ?? 0) - ZONE_GAP : right) - x,
        height: bottom - top + 2 * ZONE_PADDING,
      })),
    );
  });
}
