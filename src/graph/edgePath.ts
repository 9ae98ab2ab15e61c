import type { EdgeView } from './graph';
import type { Place } from './layout';

type Route = Pick<EdgeView, 'path' | 'start' | 'end' | 'labelAt'>;

const MARGIN = 14;
const BESIDE = 60;

const routes = new WeakMap<Place, WeakMap<Place, Map<number, Route>>>();

/**
 * The curve from one node to another, from border to border, as fixed as the nodes are: no other edge changes it. `nth` of `count`
 * keeps the edges that leave one node apart; `at` says how far along its label stands. Same object for the same places.
 */
export function routeEdge(from: Place, to: Place, nth = 0, count = 1, at?: number): Route {
  const leaving = routes.get(from) ?? new WeakMap<Place, Map<number, Route>>();
  routes.set(from, leaving);
  const known = leaving.get(to) ?? new Map<number, Route>();
  leaving.set(to, known);
  const key = (nth * 64 + count) * 128 + Math.round((at ?? 1.27) * 100);
  const route = known.get(key) ?? makeRoute(from, to, nth, count, at);
  known.set(key, route);
  return route;
}

function makeRoute(from: Place, to: Place, nth: number, count: number, at: number | undefined): Route {
  if (from.y < to.y + to.height && to.y < from.y + from.height) return beside(from, to, nth);
  const down = to.y > from.y;
  const fan = (nth - (count - 1) / 2) * 12;
  const a = { x: port(from, centre(to), 0.42, fan), y: down ? from.y + from.height : from.y };
  const b = { x: port(to, centre(from), 0.34, fan / 2), y: down ? to.y : to.y + to.height };
  const sign = down ? 1 : -1;
  const bend = Math.max(26, Math.min(90, Math.abs(b.y - a.y) * 0.45)) * sign;
  return curve(a, { x: a.x, y: a.y + bend }, { x: b.x, y: b.y - bend }, b, 0, sign, at ?? (down ? 0.3 : 0.7));
}

/** Within a row of a lane: straight across the gap between neighbours, else an arc below what stands between. */
function beside(from: Place, to: Place, nth: number): Route {
  const right = to.x > from.x;
  const a = { x: right ? from.x + from.width : from.x, y: from.y + 46 + nth * 12 };
  const b = { x: right ? to.x : to.x + to.width, y: to.y + 46 + nth * 6 };
  if (Math.abs(b.x - a.x) <= BESIDE) {
    const ay = Math.min(a.y, from.y + from.height - 8);
    const by = Math.min(b.y, to.y + to.height - 8);
    const mid = (a.x + b.x) / 2;
    return curve({ x: a.x, y: ay }, { x: mid, y: ay }, { x: mid, y: by }, { x: b.x, y: by }, right ? 1 : -1, 0, 0.5);
  }
  const s = { x: port(from, centre(to), 0.42, 0), y: from.y + from.height };
  const e = { x: port(to, centre(from), 0.34, 0), y: to.y + to.height };
  const depth = Math.max(s.y, e.y) + 26 + nth * 5;
  return curve(s, { x: s.x, y: depth }, { x: e.x, y: depth }, e, 0, -1, 0.5);
}

interface Point { readonly x: number; readonly y: number }

function curve(a: Point, c: Point, d: Point, b: Point, dx: number, dy: number, at: number): Route {
  const mix = (axis: 'x' | 'y'): number => {
    const u = 1 - at;
    return u * u * u * a[axis] + 3 * u * u * at * c[axis] + 3 * u * at * at * d[axis] + at * at * at * b[axis];
  };
  const n = (value: number): string => value.toFixed(1);
  return {
    path: `M${n(a.x)},${n(a.y)} C${n(c.x)},${n(c.y)} ${n(d.x)},${n(d.y)} ${n(b.x)},${n(b.y)}`,
    start: { x: a.x, y: a.y },
    end: { x: b.x, y: b.y, dx, dy },
    labelAt: { x: mix('x'), y: mix('y') },
  };
}

function centre(place: Place): number {
  return place.x + place.width / 2;
}

/** Where on a border an edge to `towards` leaves: drawn to its side, never past the corners. */
function port(place: Place, towards: number, pull: number, fan: number): number {
  const middle = centre(place);
  const reach = place.width / 2 - MARGIN;
  return middle + Math.max(-reach, Math.min(reach, (towards - middle) * pull + fan));
}
