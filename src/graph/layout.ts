import type { Program } from '../kernel/program';
import { typesOf, type Actor, type Cast } from './cast';
import { foldCast, NO_FOLDS, type Folded } from './fold';
import { LANES, PITCH, laneOf, sizeOf, type LaneId } from './lanes';

export interface Place { readonly x: number; readonly y: number; readonly width: number; readonly height: number; readonly lane: LaneId }

/** Columns of a lane that belong to an actor, in one of its rows. */
interface Slot { readonly lane: LaneId; readonly column: number; readonly span: number; readonly row: number }

export interface LaneBand { readonly id: LaneId; readonly title: string; readonly about: string; readonly top: number; readonly height: number; /** Top and height of each of its rows. */ readonly rows: readonly { readonly top: number; readonly height: number }[] }

/** Where everything stands that a program can put on the stage; independent of the state. */
export interface Layout {
  readonly places: ReadonlyMap<string, Place>;
  /** Slots of the grid by id, with those of actors that an earlier program had. */
  readonly slots: ReadonlyMap<string, Slot>;
  readonly lanes: readonly LaneBand[];
  readonly cast: Cast;
  /** The node that stands for a folded actor, by actor id. */
  readonly standIn: ReadonlyMap<string, string>;
}

const LANE_GAP = 46;
/** Between the rows of a lane that is too long for one. */
const ROW_GAP = 34;
/** Columns before a lane takes another row, on a wide screen and on a narrow one. */
export const WIDE = 9;
export const NARROW = 2;
const SWEEPS = 8;
/** How strongly everything is drawn to the middle of the stage, beside ties of weight 1 to 3: it keeps the stage narrow. */
const GRAVITY = 1;

/**
 * Gives every actor its slot. Without `kept`, barycentre sweeps over the whole program order the lanes; with it, whoever had a
 * slot keeps it and newcomers take the nearest free one, so that a call added to the program moves nothing.
 */
export function layOutStage(program: Program, kept?: Layout, folded: Folded = NO_FOLDS, columns = WIDE): Layout {
  const { cast, standIn } = foldCast(program, folded);
  const slots = kept ? settle(cast, kept.slots) : sweep(cast, columns);
  const lanes = laneBands(program, cast, slots);
  const places = new Map(cast.actors.map(actor => [actor.id, placeOf(actor, slots.get(actor.id), lanes)]));
  return { places, slots, lanes, cast, standIn };
}

function placeOf({ lane, size }: Actor, slot: Slot | undefined, lanes: readonly LaneBand[]): Place {
  const row = lanes.find(each => each.id === lane)?.rows[slot?.row ?? 0] ?? { top: 0, height: 0 };
  // Processes stand on the floor of their lane and grow upwards, so that a longer fd table moves nothing below.
  const y = lane === 'process' ? row.top + row.height - size.height : row.top;
  return { x: (slot?.column ?? 0) * PITCH, y, width: size.width, height: size.height, lane };
}

/** The height of a lane is that of the design's biggest struct in it, whatever the scenario holds; of several rows, each is as high as it must be. */
function laneBands(program: Program, cast: Cast, slots: ReadonlyMap<string, Slot>): readonly LaneBand[] {
  const rows = new Map<LaneId, (number | undefined)[]>();
  for (const { id, lane, size } of cast.actors) {
    const heights = rows.get(lane) ?? [];
    const row = slots.get(id)?.row ?? 0;
    heights[row] = Math.max(heights[row] ?? 0, size.height);
    rows.set(lane, heights);
  }
  for (const spec of typesOf(program)) {
    const lane = laneOf(spec);
    if (lane && (rows.get(lane)?.length ?? 0) < 2) rows.set(lane, [Math.max(rows.get(lane)?.[0] ?? 0, sizeOf(spec).height)]);
  }
  const bands = LANES.flatMap(lane => {
    const known = rows.get(lane.id);
    // A row may be empty: its actors were those of a call that is undone.
    const heights = known && Array.from(known, each => each ?? 0);
    return heights ? [{ lane, heights, height: heights.reduce((sum, each) => sum + each, 0) + (heights.length - 1) * ROW_GAP }] : [];
  });
  // The floor of user space is at 0: what grows there grows upwards.
  let top = -(bands[0]?.height ?? 0);
  return bands.map(({ lane, heights, height }): LaneBand => {
    let at = top;
    const placed = heights.map(each => {
      const row = { top: at, height: each };
      at += each + ROW_GAP;
      return row;
    });
    const band = { ...lane, top, height, rows: placed };
    top += height + LANE_GAP;
    return band;
  });
}

/** Neighbours with weights, by id. */
function neighboursOf(cast: Cast): ReadonlyMap<string, readonly { readonly id: string; readonly weight: number }[]> {
  const near = new Map<string, { id: string; weight: number }[]>();
  const add = (a: string, id: string, weight: number): void => {
    const list = near.get(a);
    if (list) list.push({ id, weight });
    else near.set(a, [{ id, weight }]);
  };
  for (const { a, b, weight } of cast.ties) {
    add(a, b, weight);
    add(b, a, weight);
  }
  return near;
}

/** Orders every lane by the weighted mean of its neighbours, down and up until it has settled, then snaps to the grid. */
function sweep(cast: Cast, columns: number): ReadonlyMap<string, Slot> {
  const near = neighboursOf(cast);
  const lanes = LANES.map(lane => cast.actors.filter(actor => actor.lane === lane.id));
  const rows = new Map(lanes.map(lane => [lane, rowsFor(lane, columns)]));
  const centre = new Map<string, number>();
  for (const lane of lanes) spread(lane, lane.map((_, i) => i), centre, rows.get(lane));
  for (let round = 0; round < SWEEPS; round++) {
    const middle = [...centre.values()].reduce((sum, at) => sum + at, 0) / Math.max(1, centre.size);
    for (const lane of round % 2 === 0 ? lanes : lanes.toReversed()) {
      const wanted = lane.map(actor => wantedCentre(actor.id, near, centre, middle));
      // Processes keep the order of the scenario.
      const order = lane.map((_, i) => i);
      if (lane[0]?.lane !== 'process') order.sort((i, j) => (wanted[i] ?? 0) - (wanted[j] ?? 0) || i - j);
      spread(order.flatMap(i => lane[i] ?? []), order.map(i => wanted[i] ?? 0), centre, rows.get(lane));
    }
  }
  return new Map(lanes.flatMap(lane => (columns <= NARROW ? pack(lane, centre, columns) : snap(lane, centre, rows.get(lane) ?? 1))));
}

/** How many rows a lane takes so that none is longer than `columns`. */
function rowsFor(lane: readonly Actor[], columns: number): number {
  return Math.max(1, Math.ceil(lane.reduce((sum, actor) => sum + actor.size.span, 0) / columns));
}

function wantedCentre(id: string, near: ReturnType<typeof neighboursOf>, centre: ReadonlyMap<string, number>, middle?: number): number {
  let sum = (middle ?? 0) * GRAVITY;
  let weights = middle === undefined ? 0 : GRAVITY;
  for (const other of near.get(id) ?? []) {
    const at = centre.get(other.id);
    if (at === undefined) continue;
    sum += at * other.weight;
    weights += other.weight;
  }
  return weights > 0 ? sum / weights : centre.get(id) ?? 0;
}

/** Puts a lane's actors in this order as near to the wanted centres as their widths allow (pooling neighbours that push); in several rows they stand closer. */
function spread(order: readonly Actor[], wanted: readonly number[], centre: Map<string, number>, rows = 1): void {
  const starts: number[] = [];
  let offset = 0;
  for (const actor of order) {
    starts.push(offset);
    offset += actor.size.span / rows;
  }
  // Least squares under "no overlap" is isotonic regression of wanted left edge minus running width.
  const blocks: { sum: number; count: number }[] = [];
  order.forEach((actor, i) => {
    let block = { sum: (wanted[i] ?? 0) - actor.size.span / rows / 2 - (starts[i] ?? 0), count: 1 };
    for (let last = blocks.at(-1); last && last.sum / last.count > block.sum / block.count; last = blocks.at(-1)) {
      blocks.pop();
      block = { sum: block.sum + last.sum, count: block.count + last.count };
    }
    blocks.push(block);
  });
  let i = 0;
  for (const { sum, count } of blocks) {
    for (let k = 0; k < count; k++, i++) {
      const actor = order[i];
      if (actor) centre.set(actor.id, sum / count + (starts[i] ?? 0) + actor.size.span / rows / 2);
    }
  }
}

/** From left to right onto the grid, each in the row that is free first. */
function snap(lane: readonly Actor[], centre: ReadonlyMap<string, number>, rows: number): [string, Slot][] {
  const free = Array.from({ length: rows }, () => -Infinity);
  return lane.toSorted((a, b) => (centre.get(a.id) ?? 0) - (centre.get(b.id) ?? 0)).map(actor => {
    const { span } = actor.size;
    const row = free.indexOf(Math.min(...free));
    const column = Math.max(free[row] ?? -Infinity, Math.round((centre.get(actor.id) ?? 0) - span / 2));
    free[row] = column + span;
    return [actor.id, { lane: actor.lane, column, span, row }];
  });
}

/** Row after row within so many columns, in the order from left to right. */
function pack(lane: readonly Actor[], centre: ReadonlyMap<string, number>, columns: number): [string, Slot][] {
  let row = 0;
  let column = 0;
  return lane.toSorted((a, b) => (centre.get(a.id) ?? 0) - (centre.get(b.id) ?? 0)).map(actor => {
    const { span } = actor.size;
    if (column > 0 && column + span > columns) {
      row++;
      column = 0;
    }
    const slot = { lane: actor.lane, column, span, row };
    column += span;
    return [actor.id, slot];
  });
}

/** Keeps every old slot and gives newcomers the free one nearest to their neighbours. */
function settle(cast: Cast, old: ReadonlyMap<string, Slot>): ReadonlyMap<string, Slot> {
  const near = neighboursOf(cast);
  const slots = new Map(old);
  const taken = new Set<string>();
  const rows = new Map<LaneId, number>();
  const centre = new Map<string, number>();
  const occupy = (id: string, { lane, column, span, row }: Slot): void => {
    centre.set(id, column + span / 2);
    rows.set(lane, Math.max(rows.get(lane) ?? 1, row + 1));
    for (let i = 0; i < span; i++) taken.add(`${lane} ${row} ${column + i}`);
  };
  for (const [id, slot] of old) occupy(id, slot);
  for (const { id, lane, size: { span } } of cast.actors) {
    if (old.has(id)) continue;
    const wanted = Math.round(wantedCentre(id, near, centre) - span / 2);
    const fits = (column: number, row: number): boolean => Array.from({ length: span }, (_, i) => column + i).every(c => !taken.has(`${lane} ${row} ${c}`));
    const slot = nearestSlot(wanted, rows.get(lane) ?? 1, fits);
    slots.set(id, { lane, span, ...slot });
    occupy(id, { lane, span, ...slot });
  }
  return slots;
}

function nearestSlot(wanted: number, rows: number, fits: (column: number, row: number) => boolean): Pick<Slot, 'column' | 'row'> {
  for (let away = 0; ; away++) {
    for (let row = 0; row < rows; row++) for (const column of [wanted + away, wanted - away]) if (fits(column, row)) return { column, row };
  }
}
