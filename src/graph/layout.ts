import type { Program } from '../kernel/program';
import { typesOf, type Cast } from './cast';
import { foldCast, NO_FOLDS, type Folded } from './fold';
import { arrangeCast, rowsOfLanes, settle, type Grid, type Slot } from './grid';
import {
  CHIP,
  CHIP_GAP,
  heightOf,
  LANES,
  laneOf,
  sizeOf,
  spacingOf,
  WIDTH,
  type LaneId,
  type Spacing,
} from './lanes';
import type { Packing } from './packLanes';

export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly lane: LaneId;
  /** A chip stands below it, or above it, in the same cell. */
  readonly over: boolean;
  readonly under: boolean;
}

/** From where to where a row of the grid reaches: nothing else stands between these heights. */
interface Span {
  readonly top: number;
  readonly bottom: number;
}

/** A part of the stage that belongs to a lane. A lane may have several. */
export interface Zone {
  readonly id: string;
  readonly lane: LaneId;
  readonly title: string;
  readonly about: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How many columns the stage has, how many rows of text its boxes show at most, and whether lanes are broken to save rows. */
export interface Shape {
  readonly columns: number;
  readonly rows: number;
  readonly packing: Packing;
}

/** Where everything stands that a program can put on the stage; independent of the state. */
export interface Layout {
  readonly places: ReadonlyMap<string, Place>;
  /** Slots of the grid, with those of actors that an earlier program had. */
  readonly grid: Grid;
  readonly columns: number;
  readonly spacing: Spacing;
  readonly rows: readonly Span[];
  /** Where the first row began when it was first laid out. */
  readonly ceiling: number;
  readonly zones: readonly Zone[];
  readonly cast: Cast;
  /** The node that stands for a folded actor, by actor id. */
  readonly standIn: ReadonlyMap<string, string>;
}

/** Between the rows of the grid: where edges run. */
export const ROW_GAP = 26;
/** Around the nodes of a zone; at its left its name stands. */
const PAD = 6;
export const NAME = 17;
/** Between two zones side by side. */
const SEAM = 3;
/** Whatever its lanes may hold: two chips. */
const LEAST = 2 * CHIP + CHIP_GAP;

/** The shape for a narrow screen. */
export const NARROW: Shape = { columns: 3, rows: 4, packing: 'tidy' };

/** The shape of a stage without a screen: about as wide as high. */
function usualShape(cast: Cast): Shape {
  return {
    columns: Math.max(5, Math.min(16, Math.round(Math.sqrt(cast.actors.length * 1.2)))),
    rows: 5,
    packing: 'tidy',
  };
}

/**
 * Gives every actor its slot. Without `kept`, the whole program is laid out; with it, whoever had a slot keeps it and newcomers
 * take the nearest free one, so that a call added to the program moves nothing.
 */
export function layOutStage(
  program: Program,
  kept?: Layout,
  folded: Folded = NO_FOLDS,
  wanted?: Shape,
): Layout {
  const { cast, standIn } = foldCast(program, folded);
  const shape = wanted ?? usualShape(cast);
  const grid = kept ? settle(cast, kept.grid) : arrangeCast(cast, shape.columns, shape.packing);
  const spacing = spacingOf(shape.columns);
  const heights = heightsOf(program, cast, grid, shape);
  const ceiling = kept?.ceiling ?? -(heights[0] ?? 0);
  const rows = rowsOf(heights, ceiling);
  const pairs = new Set([...grid.slots.values()].filter((slot) => slot.part === 1).map(cellOf));
  const places = new Map(
    cast.actors.map((actor): [string, Place] => {
      const slot = grid.slots.get(actor.id);
      if (!slot) throw new Error(`no slot for ${actor.id}`);
      return [
        actor.id,
        placeOf(
          slot,
          spacing,
          actor.lane,
          slot.part === undefined ? heightOf(actor.size, shape.rows) : CHIP,
          rows,
          ceiling,
          slot.part !== undefined && pairs.has(cellOf(slot)),
        ),
      ];
    }),
  );
  const columns = Math.max(0, ...[...grid.slots.values()].map((slot) => slot.column)) + 1;
  return {
    places,
    grid,
    columns,
    spacing,
    rows,
    ceiling,
    zones: zonesOf(cast, grid, rows, columns, spacing),
    cast,
    standIn,
  };
}

/** How large the layout of a program is in a shape at most, without laying it out: as if the highest of each lane stood in all its rows. */
export function sizeIn(
  program: Program,
  folded: Folded,
  { columns, rows, packing }: Shape,
): { readonly width: number; readonly height: number } {
  const { cast } = foldCast(program, folded);
  const lines = rowsOfLanes(cast, columns, packing);
  const least = leastHeights(program, rows);
  const own = new Map<LaneId, number>();
  for (const { lane, size } of cast.actors)
    if (size.form !== 'chip') own.set(lane, Math.max(own.get(lane) ?? 0, heightOf(size, rows)));
  const heights = lines.map(() => LEAST);
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
  const { pitch, aside } = spacingOf(columns);
  return {
    width: NAME + (longest - 1) * pitch + WIDTH + PAD + aside,
    height: heights.reduce((sum, each) => sum + each + ROW_GAP, 2 * PAD - ROW_GAP),
  };
}

function cellOf({ row, column }: Slot): string {
  return `${row} ${column}`;
}

/** Everything stands at the top of its row; what is higher than the first row was reaches above it, so that a longer fd table moves nothing. */
function placeOf(
  slot: Slot,
  { pitch }: Spacing,
  lane: LaneId,
  height: number,
  rows: readonly Span[],
  ceiling: number,
  paired: boolean,
): Place {
  const row = rows[slot.row] ?? { top: 0, bottom: 0 };
  const cell = slot.part === undefined ? height : LEAST;
  const top = slot.row === 0 ? Math.min(ceiling, row.bottom - cell) : row.top;
  return {
    x: slot.column * pitch,
    y: top + (slot.part === 1 ? CHIP + CHIP_GAP : 0),
    width: WIDTH,
    height,
    lane,
    over: paired && slot.part === 0,
    under: paired && slot.part === 1,
  };
}

/** A row is as high as the biggest struct of the design's that may come to stand in it, whatever the scenario holds. */
function heightsOf(
  program: Program,
  cast: Cast,
  { slots, homes }: Grid,
  shape: Shape,
): readonly number[] {
  const heights: number[] = [];
  const need = (row: number, height: number): void => {
    heights[row] = Math.max(heights[row] ?? 0, height);
  };
  const least = leastHeights(program, shape.rows);
  for (const [lane, rows] of homes)
    for (const row of rows) need(row, Math.max(LEAST, least.get(lane) ?? 0));
  for (const { id, size } of cast.actors)
    if (slots.get(id)?.part === undefined)
      need(slots.get(id)?.row ?? 0, heightOf(size, shape.rows));
  return heights;
}

/** The height of the biggest struct of each lane. */
function leastHeights(program: Program, rows: number): ReadonlyMap<LaneId, number> {
  const heights = new Map<LaneId, number>();
  for (const spec of typesOf(program)) {
    const lane = laneOf(spec);
    if (lane) heights.set(lane, Math.max(heights.get(lane) ?? 0, heightOf(sizeOf(spec), rows)));
  }
  return heights;
}

/** The floor of the first row is at 0, whatever grows in it. */
function rowsOf(heights: readonly number[], ceiling: number): readonly Span[] {
  let top = ROW_GAP;
  return heights.map((height, row): Span => {
    if (row === 0) return { top: Math.min(ceiling, -height), bottom: 0 };
    const span = { top, bottom: top + height };
    top = span.bottom + ROW_GAP;
    return span;
  });
}

/** The lanes as zones that tile one rectangle: each row is full, and parted where another lane begins. */
function zonesOf(
  cast: Cast,
  { slots }: Grid,
  rows: readonly Span[],
  columns: number,
  { pitch, aside }: Spacing,
): readonly Zone[] {
  const right = (columns - 1) * pitch + WIDTH + PAD + aside;
  return rows.flatMap(({ top, bottom }, row) => {
    const cells = cast.actors
      .flatMap(({ id, lane }) => {
        const slot = slots.get(id);
        return slot?.row === row ? [{ lane, column: slot.column }] : [];
      })
      .toSorted((a, b) => a.column - b.column);
    const parts = cells
      .filter(({ lane }, i) => lane !== cells[i - 1]?.lane)
      .map(({ lane, column }, i) => ({ lane, column, x: (i === 0 ? 0 : column * pitch) - NAME }));
    return parts.flatMap(({ lane, column, x }, i): Zone[] =>
      LANES.filter((each) => each.id === lane).map(({ title, about }) => ({
        id: `${lane} ${row} ${column}`,
        lane,
        title,
        about,
        x,
        y: top - PAD,
        width: (parts[i + 1] ? (parts[i + 1]?.x ?? 0) - SEAM : right) - x,
        height: bottom - top + 2 * PAD,
      })),
    );
  });
}
