import type { Program } from '../../kernel/program';
import { castOf, typesOf, type Actor, type Cast } from './cast';
import { LANES, PITCH, laneOf, sizeOf, type LaneId } from './lanes';

export interface Place { readonly x: number; readonly y: number; readonly width: number; readonly height: number; readonly lane: LaneId }

/** Columns of a lane that belong to an actor. */
export interface Slot { readonly lane: LaneId; readonly column: number; readonly span: number }

export interface LaneBand { readonly id: LaneId; readonly title: string; readonly about: string; readonly top: number; readonly height: number }

/** Where everything stands that a program can put on the stage; independent of the state. */
export interface Layout {
  readonly places: ReadonlyMap<string, Place>;
  /** Slots of the grid by id, with those of actors that an earlier program had. */
  readonly slots: ReadonlyMap<string, Slot>;
  readonly lanes: readonly LaneBand[];
}

const LANE_GAP = 46;
const SWEEPS = 8;

/**
 * Gives every actor its slot. Without `kept`, barycentre sweeps over the whole program order the lanes; with it, whoever had a
 * slot keeps it and newcomers take the nearest free one, so that a call added to the program moves nothing.
 */
export function layOutStage(program: Program, kept?: Layout): Layout {
  const cast = castOf(program);
  const slots = kept ? settle(cast, kept.slots) : sweep(cast);
  const lanes = laneBands(program);
  const places = new Map(cast.actors.map(actor => [actor.id, placeOf(actor, slots.get(actor.id)?.column ?? 0, lanes)]));
  return { places, slots, lanes };
}

function placeOf(actor: Actor, column: number, lanes: readonly LaneBand[]): Place {
  const band = lanes.find(lane => lane.id === actor.lane);
  const top = band?.top ?? 0;
  // Processes stand on the floor of their lane and grow upwards, so that a longer fd table moves nothing below.
  const y = actor.lane === 'process' ? top + (band?.height ?? 0) - actor.size.height : top;
  return { x: column * PITCH, y, width: actor.size.width, height: actor.size.height, lane: actor.lane };
}

/** The height of a lane is that of the design's biggest struct in it, whatever the scenario holds. */
function laneBands(program: Program): readonly LaneBand[] {
  const heights = new Map<LaneId, number>();
  const reach = (lane: LaneId, height: number): unknown => heights.set(lane, Math.max(heights.get(lane) ?? 0, height));
  for (const spec of typesOf(program)) {
    const lane = laneOf(spec);
    if (lane) reach(lane, sizeOf(spec).height);
  }
  const tallest = Math.max(...castOf(program).actors.filter(actor => actor.lane === 'process').map(actor => actor.size.height));
  let top = LANE_GAP;
  const below = LANES.slice(1).flatMap((lane): LaneBand[] => {
    const height = heights.get(lane.id);
    if (height === undefined) return [];
    const band = { ...lane, top, height };
    top += height + LANE_GAP;
    return [band];
  });
  return [...LANES.slice(0, 1).map(lane => ({ ...lane, top: -tallest, height: tallest })), ...below];
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
function sweep(cast: Cast): ReadonlyMap<string, Slot> {
  const near = neighboursOf(cast);
  const lanes = LANES.map(lane => cast.actors.filter(actor => actor.lane === lane.id));
  const centre = new Map<string, number>();
  for (const lane of lanes) spread(lane, lane.map((_, i) => i), centre);
  for (let round = 0; round < SWEEPS; round++) {
    for (const lane of round % 2 === 0 ? lanes : lanes.toReversed()) {
      const wanted = lane.map(actor => wantedCentre(actor.id, near, centre));
      // Processes keep the order of the scenario.
      const order = lane.map((_, i) => i);
      if (lane[0]?.lane !== 'process') order.sort((i, j) => (wanted[i] ?? 0) - (wanted[j] ?? 0) || i - j);
      spread(order.flatMap(i => lane[i] ?? []), order.map(i => wanted[i] ?? 0), centre);
    }
  }
  return new Map(lanes.flatMap(lane => snap(lane, centre)));
}

function wantedCentre(id: string, near: ReturnType<typeof neighboursOf>, centre: ReadonlyMap<string, number>): number {
  let sum = 0;
  let weights = 0;
  for (const other of near.get(id) ?? []) {
    const at = centre.get(other.id);
    if (at === undefined) continue;
    sum += at * other.weight;
    weights += other.weight;
  }
  return weights > 0 ? sum / weights : centre.get(id) ?? 0;
}

/** Puts a lane's actors in this order as near to the wanted centres as their widths allow (pooling neighbours that push). */
function spread(order: readonly Actor[], wanted: readonly number[], centre: Map<string, number>): void {
  const starts: number[] = [];
  let offset = 0;
  for (const actor of order) {
    starts.push(offset);
    offset += actor.size.span;
  }
  // Least squares under "no overlap" is isotonic regression of wanted left edge minus running width.
  const blocks: { sum: number; count: number }[] = [];
  order.forEach((actor, i) => {
    let block = { sum: (wanted[i] ?? 0) - actor.size.span / 2 - (starts[i] ?? 0), count: 1 };
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
      if (actor) centre.set(actor.id, sum / count + (starts[i] ?? 0) + actor.size.span / 2);
    }
  }
}

function snap(lane: readonly Actor[], centre: ReadonlyMap<string, number>): [string, Slot][] {
  let free = -Infinity;
  return lane.toSorted((a, b) => (centre.get(a.id) ?? 0) - (centre.get(b.id) ?? 0)).map(actor => {
    const { span } = actor.size;
    const column = Math.max(free, Math.round((centre.get(actor.id) ?? 0) - span / 2));
    free = column + span;
    return [actor.id, { lane: actor.lane, column, span }];
  });
}

/** Keeps every old slot and gives newcomers the free one nearest to their neighbours. */
function settle(cast: Cast, old: ReadonlyMap<string, Slot>): ReadonlyMap<string, Slot> {
  const near = neighboursOf(cast);
  const slots = new Map(old);
  const taken = new Map<LaneId, Set<number>>(LANES.map(lane => [lane.id, new Set()]));
  const centre = new Map<string, number>();
  const occupy = (id: string, { lane, column, span }: Slot): void => {
    centre.set(id, column + span / 2);
    for (let i = 0; i < span; i++) taken.get(lane)?.add(column + i);
  };
  for (const [id, slot] of old) occupy(id, slot);
  for (const { id, lane, size: { span } } of cast.actors) {
    if (old.has(id)) continue;
    const wanted = Math.round(wantedCentre(id, near, centre) - span / 2);
    const fits = (column: number): boolean => Array.from({ length: span }, (_, i) => column + i).every(c => !taken.get(lane)?.has(c));
    let away = 0;
    while (!fits(wanted + away) && !fits(wanted - away)) away++;
    const slot = { lane, column: fits(wanted + away) ? wanted + away : wanted - away, span };
    slots.set(id, slot);
    occupy(id, slot);
  }
  return slots;
}
