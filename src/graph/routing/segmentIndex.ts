import type { Point, Rect } from '../layout/geometry';
import type { Interval } from './rowGaps';

/** A horizontal or vertical part of an edge: at height (or x) `at`, from `from` to `to`. */
export interface Segment extends Interval {
  readonly horizontal: boolean;
  readonly at: number;
}

/** Segments by orientation and position, in buckets of `CLEAR_DISTANCE`. */
export type SegmentIndex = ReadonlyMap<string, readonly Segment[]>;

/** Below this distance two parallel edges look like one, px. */
const OVERLAP_DISTANCE = 3;
/** From this distance on they are easy to tell apart, px. */
const CLEAR_DISTANCE = 7;

/** The segments between consecutive waypoints. */
function segmentsOf(waypoints: readonly Point[]): readonly Segment[] {
  return waypoints.slice(1).flatMap((b, i): Segment[] => {
    const a = waypoints[i] ?? b;
    const horizontal = Math.abs(a.y - b.y) < 0.5;
    const [from, to] = horizontal ? [a.x, b.x] : [a.y, b.y];
    return Math.abs(from - to) < 0.5
      ? []
      : [
          {
            horizontal,
            at: horizontal ? a.y : a.x,
            from: Math.min(from, to),
            to: Math.max(from, to),
          },
        ];
  });
}

/** Adds the segments of an edge in place. */
export function addSegments(index: Map<string, Segment[]>, waypoints: readonly Point[]): void {
  for (const segment of segmentsOf(waypoints)) {
    const key = bucketKey(segment.horizontal, bucketOf(segment.at));
    const bucket = index.get(key);
    if (bucket) bucket.push(segment);
    else index.set(key, [segment]);
  }
}

/** A new index with the segments of one more edge. */
export function withSegments(index: SegmentIndex, waypoints: readonly Point[]): SegmentIndex {
  const next = new Map(index);
  for (const segment of segmentsOf(waypoints)) {
    const key = bucketKey(segment.horizontal, bucketOf(segment.at));
    next.set(key, [...(next.get(key) ?? []), segment]);
  }
  return next;
}

/** How many segments pass through a rectangle. */
export function countSegmentsIn(index: SegmentIndex, { x, y, width, height }: Rect): number {
  let count = 0;
  const add = (horizontal: boolean, across: Interval, along: Interval): void => {
    for (let bucket = bucketOf(across.from); bucket <= bucketOf(across.to); bucket++)
      for (const { at, from, to } of index.get(bucketKey(horizontal, bucket)) ?? [])
        if (at >= across.from && at <= across.to && from < along.to && to > along.from) count += 1;
  };
  const [xs, ys] = [
    { from: x, to: x + width },
    { from: y, to: y + height },
  ];
  add(true, ys, xs);
  add(false, xs, ys);
  return count;
}

/** The first candidate position at which a segment from `a` to `b` overlaps the existing ones least. */
export function leastOccupied(
  candidates: readonly number[],
  horizontal: boolean,
  a: number,
  b: number,
  index: SegmentIndex,
): number {
  let best = candidates[0] ?? 0;
  let lowestCost = Infinity;
  for (const at of candidates) {
    const segment = { horizontal, at, from: Math.min(a, b), to: Math.max(a, b) };
    const cost = overlapCost(segment, index);
    if (cost >= lowestCost) continue;
    lowestCost = cost;
    best = at;
    if (cost === 0) break;
  }
  return best;
}

/** Length (px) that a segment shares with others; one that is near but can be told apart counts a tenth. */
function overlapCost({ horizontal, at, from, to }: Segment, index: SegmentIndex): number {
  let cost = 0;
  for (const neighbour of [-1, 0, 1]) {
    for (const other of index.get(bucketKey(horizontal, bucketOf(at) + neighbour)) ?? []) {
      const distance = Math.abs(other.at - at);
      const shared = Math.min(other.to, to) - Math.max(other.from, from);
      if (distance < CLEAR_DISTANCE && shared > 0)
        cost += distance < OVERLAP_DISTANCE ? shared : shared * 0.1;
    }
  }
  return cost;
}

function bucketOf(at: number): number {
  return Math.floor(at / CLEAR_DISTANCE);
}

function bucketKey(horizontal: boolean, bucket: number): string {
  return `${horizontal} ${bucket}`;
}
