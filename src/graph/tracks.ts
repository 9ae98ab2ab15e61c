import { TRACKS, wayOf, type Point } from './edgePath';
import type { Layout, Place } from './layout';

/** A level or upright stretch of an edge. */
interface Stretch { readonly level: boolean; readonly at: number; readonly from: number; readonly to: number }

/** With more possible edges than this, tracks are taken in turn. */
const MOST = 1500;
/** Nearer than this two edges look like one, px. */
const NEAR = 3;

const allTracks = new WeakMap<Layout, ReadonlyMap<string, number>>();

/** The track of an edge between two nodes: such that of all edges that there can be, as few as possible run on top of one another. */
export function trackOf(layout: Layout, a: string, b: string): number {
  const tracks = allTracks.get(layout) ?? tracksOf(layout);
  allTracks.set(layout, tracks);
  return tracks.get(`${a} ${b}`) ?? (a.length * 3 + b.length + a.charCodeAt(a.length - 1)) % TRACKS;
}

function tracksOf({ cast, places }: Layout): ReadonlyMap<string, number> {
  const tracks = new Map<string, number>();
  const taken = new Map<string, Stretch[]>();
  if (cast.ties.length > MOST) return tracks;
  // What is surely drawn chooses first.
  for (const { a, b } of cast.ties.toSorted((x, y) => y.weight - x.weight)) {
    const [from, to] = [places.get(a), places.get(b)];
    if (!from || !to || tracks.has(`${a} ${b}`)) continue;
    const { track, way } = freest(from, to, taken);
    tracks.set(`${a} ${b}`, track);
    for (const stretch of stretches(way)) {
      const list = taken.get(keyOf(stretch, 0));
      if (list) list.push(stretch);
      else taken.set(keyOf(stretch, 0), [stretch]);
    }
  }
  return tracks;
}

function freest(from: Place, to: Place, taken: ReadonlyMap<string, readonly Stretch[]>): { readonly track: number; readonly way: readonly Point[] } {
  let best = { track: 0, way: wayOf(from, to, 0) };
  let least = Infinity;
  for (let i = 0; i < TRACKS; i++) {
    // The middle track first: it leaves from the middle of a border.
    const track = (i + ((TRACKS - 1) >> 1)) % TRACKS;
    const way = wayOf(from, to, track);
    const shared = stretches(way).reduce((sum, stretch) => sum + sharedLength(stretch, taken), 0);
    if (shared >= least) continue;
    least = shared;
    best = { track, way };
  }
  return best;
}

function stretches(way: readonly Point[]): Stretch[] {
  return way.slice(1).flatMap((b, i): Stretch[] => {
    const a = way[i] ?? b;
    const level = Math.abs(a.y - b.y) < 0.5;
    const [from, to] = level ? [a.x, b.x] : [a.y, b.y];
    return Math.abs(from - to) < 0.5 ? [] : [{ level, at: level ? a.y : a.x, from: Math.min(from, to), to: Math.max(from, to) }];
  });
}

function sharedLength(stretch: Stretch, taken: ReadonlyMap<string, readonly Stretch[]>): number {
  let sum = 0;
  for (const aside of [-1, 0, 1]) {
    for (const other of taken.get(keyOf(stretch, aside)) ?? []) {
      if (Math.abs(other.at - stretch.at) < NEAR) sum += Math.max(0, Math.min(other.to, stretch.to) - Math.max(other.from, stretch.from));
    }
  }
  return sum;
}

function keyOf({ level, at }: Stretch, aside: number): string {
  return `${level} ${Math.floor(at / NEAR) + aside}`;
}
