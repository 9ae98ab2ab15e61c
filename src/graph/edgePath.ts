import type { EdgeView } from './graph';
import { PITCH, WIDTH } from './lanes';
import { ROW_GAP, type Place } from './layout';

type Route = Pick<EdgeView, 'path' | 'start' | 'end' | 'labelAt'>;

export interface Point { readonly x: number; readonly y: number }

/** Between rows and between columns run so many edges side by side before two share a track. */
export const TRACKS = 5;
const TRACK = 3.5;
const MARGIN = 12;
const BEND = 5;

const routes = new WeakMap<Place, WeakMap<Place, Map<number, Route>>>();

/**
 * The way from one node to another, from border to border, through the gaps between rows and columns: never behind a node, and as fixed
 * as the nodes are. `track` keeps those apart that share a gap; `at` says how far along its label stands. Same object for the same places.
 */
export function routeEdge(from: Place, to: Place, track: number, at = 0.5): Route {
  const leaving = routes.get(from) ?? new WeakMap<Place, Map<number, Route>>();
  routes.set(from, leaving);
  const known = leaving.get(to) ?? new Map<number, Route>();
  leaving.set(to, known);
  const key = track * 128 + Math.round(at * 100);
  const route = known.get(key) ?? drawn(wayOf(from, to, track), at);
  known.set(key, route);
  return route;
}

/** The corners of the way from one node to another. */
export function wayOf(from: Place, to: Place, track: number): readonly Point[] {
  if (from.row.top === to.row.top) return beside(from, to, track);
  const down = to.row.top > from.row.top;
  const a = leave(from, to, down, track);
  const b = leave(to, from, !down, track).toReversed();
  const nearFrom = channel(from, down, track);
  const nearTo = channel(to, !down, track);
  const [first, last] = [a.at(-1), b[0]];
  if (!first || !last) return [...a, ...b];
  // Rows that follow one another share a gap; else the way goes on through a gap between columns.
  if (Math.abs(nearFrom - nearTo) < ROW_GAP) return [...a, { x: first.x, y: nearFrom }, { x: last.x, y: nearFrom }, ...b];
  const x = gutter(to, from, track);
  return [...a, { x: first.x, y: nearFrom }, { x, y: nearFrom }, { x, y: nearTo }, { x: last.x, y: nearTo }, ...b];
}

/** From the border of a node to where it meets the gap above or below its row: straight, or where a chip is in the way, by its side. */
function leave(place: Place, other: Place, down: boolean, track: number): readonly Point[] {
  if (!(down ? place.over : place.under)) return [{ x: port(place, centre(other), track), y: down ? place.y + place.height : place.y }];
  const side = gutter(place, other, track);
  const y = place.y + place.height / 2 + (track - (TRACKS - 1) / 2) * 5;
  return [{ x: side > place.x ? place.x + place.width : place.x, y }, { x: side, y }];
}

/** Within a row: straight across to a neighbour, else below what stands between. */
function beside(from: Place, to: Place, track: number): readonly Point[] {
  const away = Math.round((to.x - from.x) / PITCH);
  const right = away >= 0;
  const x = (place: Place, rightSide: boolean): number => (rightSide ? place.x + place.width : place.x);
  const [top, bottom] = [Math.max(from.y, to.y) + 6, Math.min(from.y + from.height, to.y + to.height) - 6];
  if (Math.abs(away) === 1 && top < bottom) {
    const y = top + ((bottom - top) * (track + 0.5)) / TRACKS;
    return [{ x: x(from, right), y }, { x: x(to, !right), y }];
  }
  if (Math.abs(away) <= 1) {
    const [ya, yb] = [from.y + from.height / 2, to.y + to.height / 2];
    const middle = away === 0 ? x(from, true) + 8 + track * 2 : (x(from, right) + x(to, !right)) / 2;
    return [{ x: x(from, right), y: ya }, { x: middle, y: ya }, { x: middle, y: yb }, { x: x(to, away === 0 || !right), y: yb }];
  }
  const y = channel(from, true, track);
  const a = leave(from, to, true, track);
  const b = leave(to, from, true, track).toReversed();
  return [...a, { x: a.at(-1)?.x ?? 0, y }, { x: b[0]?.x ?? 0, y }, ...b];
}

/** A height in the gap below or above a row. */
function channel({ row }: Place, below: boolean, track: number): number {
  return (below ? row.bottom : row.top - ROW_GAP) + 7 + track * TRACK;
}

/** In the gap beside a node, on the side of another. */
function gutter(place: Place, other: Place, track: number): number {
  const right = other.x > place.x || (other.x === place.x && track % 2 === 0);
  return (right ? place.x + WIDTH : place.x - PITCH + WIDTH) + 4 + track * TRACK;
}

function centre(place: Place): number {
  return place.x + place.width / 2;
}

/** Where on a border an edge to `towards` leaves: drawn to its side, never past the corners. */
function port(place: Place, towards: number, track: number): number {
  const reach = place.width / 2 - MARGIN;
  const fan = (track - (TRACKS - 1) / 2) * 11;
  return centre(place) + Math.max(-reach, Math.min(reach, Math.max(-reach / 2, Math.min(reach / 2, (towards - centre(place)) * 0.25)) + fan));
}

/** A way of level and upright stretches, with round corners. */
function drawn(way: readonly Point[], at: number): Route {
  const points = way.filter((point, i) => i === 0 || Math.hypot(point.x - (way[i - 1]?.x ?? 0), point.y - (way[i - 1]?.y ?? 0)) > 0.5);
  const [start, end] = [points[0] ?? { x: 0, y: 0 }, points.at(-1) ?? { x: 0, y: 0 }];
  const before = points.at(-2) ?? start;
  const n = (value: number): string => value.toFixed(1);
  let path = `M${n(start.x)},${n(start.y)}`;
  for (let i = 1; i < points.length - 1; i++) {
    const [a, corner, b] = [points[i - 1], points[i], points[i + 1]];
    if (!a || !corner || !b) continue;
    const [into, out] = [toward(corner, a), toward(corner, b)];
    path += ` L${n(into.x)},${n(into.y)} Q${n(corner.x)},${n(corner.y)} ${n(out.x)},${n(out.y)}`;
  }
  path += ` L${n(end.x)},${n(end.y)}`;
  const length = Math.hypot(end.x - before.x, end.y - before.y) || 1;
  return { path, start, end: { ...end, dx: (end.x - before.x) / length, dy: (end.y - before.y) / length }, labelAt: along(points, at) };
}

/** A point a corner's width from one towards the next. */
function toward(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const step = Math.min(BEND, length / 2) / (length || 1);
  return { x: from.x + (to.x - from.x) * step, y: from.y + (to.y - from.y) * step };
}

function along(points: readonly Point[], at: number): Point {
  const lengths = points.slice(1).map((point, i) => Math.hypot(point.x - (points[i]?.x ?? 0), point.y - (points[i]?.y ?? 0)));
  let left = lengths.reduce((sum, each) => sum + each, 0) * at;
  for (const [i, length] of lengths.entries()) {
    const [a, b] = [points[i], points[i + 1]];
    if (a && b && (left <= length || i === lengths.length - 1)) return { x: a.x + ((b.x - a.x) * left) / (length || 1), y: a.y + ((b.y - a.y) * left) / (length || 1) };
    left -= length;
  }
  return points[0] ?? { x: 0, y: 0 };
}
