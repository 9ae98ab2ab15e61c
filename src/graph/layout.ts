import type { Program } from '../kernel/program';
import { typesOf, type Cast } from './cast';
import { foldCast, NO_FOLDS, type Folded } from './fold';
import { arrangeCast, settle, type Grid, type Slot } from './grid';
import { CHIP, CHIP_GAP, heightOf, LANES, laneOf, PITCH, sizeOf, WIDTH, type LaneId } from './lanes';

export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly lane: LaneId;
  /** The row of the grid that it stands in: nothing else stands between these heights. */
  readonly row: Span;
  /** A chip stands below it, or above it, in the same cell. */
  readonly over: boolean;
  readonly under: boolean;
}

interface Span { readonly top: number; readonly bottom: number }

/** A part of the stage that belongs to a lane. A lane may have several. */
export interface Zone { readonly id: string; readonly lane: LaneId; readonly title: string; readonly about: string; readonly x: number; readonly y: number; readonly width: number; readonly height: number }

/** How many columns the stage has, and how many rows of text its boxes show at most. */
export interface Shape { readonly columns: number; readonly rows: number }

/** Where everything stands that a program can put on the stage; independent of the state. */
export interface Layout {
  readonly places: ReadonlyMap<string, Place>;
  /** Slots of the grid, with those of actors that an earlier program had. */
  readonly grid: Grid;
  readonly zones: readonly Zone[];
  readonly cast: Cast;
  /** The node that stands for a folded actor, by actor id. */
  readonly standIn: ReadonlyMap<string, string>;
}

/** Between the rows of the grid: where edges run. */
export const ROW_GAP = 28;
/** Where the first row begins, which grows upwards: no edge runs there. */
const ABOVE_ALL = -1e6;
/** Around the nodes of a zone; at its left its name stands. */
const PAD = 7;
export const NAME = 17;

/** The shape for a narrow screen. */
export const NARROW: Shape = { columns: 3, rows: 4 };

/** The shape of a stage without a screen: about as wide as high. */
function usualShape(cast: Cast): Shape {
  return { columns: Math.max(5, Math.min(16, Math.round(Math.sqrt(cast.actors.length * 1.2)))), rows: 5 };
}

/**
 * Gives every actor its slot. Without `kept`, the whole program is laid out; with it, whoever had a slot keeps it and newcomers
 * take the nearest free one, so that a call added to the program moves nothing.
 */
export function layOutStage(program: Program, kept?: Layout, folded: Folded = NO_FOLDS, wanted?: Shape): Layout {
  const { cast, standIn } = foldCast(program, folded);
  const shape = wanted ?? usualShape(cast);
  const grid = kept ? settle(cast, kept.grid) : arrangeCast(cast, shape.columns);
  const rows = rowsOf(program, cast, grid, shape);
  const pairs = new Set([...grid.slots.values()].filter(slot => slot.part === 1).map(cellOf));
  const places = new Map(cast.actors.map((actor): [string, Place] => {
    const slot = grid.slots.get(actor.id);
    if (!slot) throw new Error(`no slot for ${actor.id}`);
    return [actor.id, placeOf(slot, actor.lane, slot.part === undefined ? heightOf(actor.size, shape.rows) : CHIP, rows, slot.part !== undefined && pairs.has(cellOf(slot)))];
  }));
  return { places, grid, zones: zonesOf(cast, grid, rows), cast, standIn };
}

function cellOf({ row, column }: Slot): string {
  return `${row} ${column}`;
}

/** Everything in the first row stands on its floor and grows upwards, so that a longer fd table moves nothing below. */
function placeOf(slot: Slot, lane: LaneId, height: number, rows: readonly Span[], paired: boolean): Place {
  const row = rows[slot.row] ?? { top: 0, bottom: 0 };
  const cell = slot.part === undefined ? height : 2 * CHIP + CHIP_GAP;
  const top = slot.row === 0 ? row.bottom - cell : row.top;
  const span = slot.row === 0 ? { top: ABOVE_ALL, bottom: row.bottom } : row;
  return { x: slot.column * PITCH, y: top + (slot.part === 1 ? CHIP + CHIP_GAP : 0), width: WIDTH, height, lane, row: span, over: paired && slot.part === 0, under: paired && slot.part === 1 };
}

/** A row is as high as the biggest struct of the design's that may come to stand in it, whatever the scenario holds. */
function rowsOf(program: Program, cast: Cast, { slots, homes }: Grid, shape: Shape): readonly Span[] {
  const heights: number[] = [];
  const need = (row: number, height: number): void => { heights[row] = Math.max(heights[row] ?? 0, height); };
  for (const [lane, rows] of homes) {
    const types = typesOf(program).filter(spec => laneOf(spec) === lane);
    const least = types.map(spec => heightOf(sizeOf(spec), shape.rows));
    for (const row of rows) need(row, Math.max(2 * CHIP + CHIP_GAP, ...least));
  }
  for (const { id, size } of cast.actors) if (slots.get(id)?.part === undefined) need(slots.get(id)?.row ?? 0, heightOf(size, shape.rows));
  // The floor of the first row is at 0.
  let top = -(heights[0] ?? 0);
  return Array.from(heights, height => {
    const row = { top, bottom: top + height };
    top = row.bottom + ROW_GAP;
    return row;
  });
}

function zonesOf(cast: Cast, { slots }: Grid, rows: readonly Span[]): readonly Zone[] {
  return rows.flatMap(({ top, bottom }, row) => {
    const cells = cast.actors.flatMap(({ id, lane }) => {
      const slot = slots.get(id);
      return slot?.row === row ? [{ lane, column: slot.column }] : [];
    }).toSorted((a, b) => a.column - b.column);
    const spans: { lane: LaneId; first: number; last: number }[] = [];
    for (const { lane, column } of cells) {
      const open = spans.at(-1);
      if (open?.lane === lane) open.last = column;
      else spans.push({ lane, first: column, last: column });
    }
    return spans.flatMap(({ lane, first, last }): Zone[] => LANES.filter(each => each.id === lane).map(({ title, about }) => ({
      id: `${lane} ${row} ${first}`, lane, title, about, x: first * PITCH - NAME, y: top - PAD, width: (last - first) * PITCH + WIDTH + NAME + PAD - 3, height: bottom - top + 2 * PAD,
    })));
  });
}
