import { rowGaps, fallbackGaps, type Interval } from './rowGaps';
import { NODE_WIDTH } from '../layout/lanes';
import type { GraphLayout, NodePlacement } from '../layout/graphLayout';

/** A way out of a node: into a channel, which is the space above the row of its number. */
export interface NodeExit extends Interval {
  readonly channel: number;
  /** Out of a side, into the gap beside the node: a chip stands above or below it. */
  readonly throughSide: boolean;
}

/** How an edge gets from one node to another: out, through gaps of the rows between, and in. */
export interface ChannelPath {
  readonly exit: NodeExit;
  readonly gaps: readonly { readonly row: number; readonly gap: Interval }[];
  readonly entry: NodeExit;
}

/** Edges that pass each gap so far. */
export type GapTraffic = Map<Interval, number>;

/** From the corners of a node to where edges leave it. */
const CORNER_MARGIN = 12;
/** What these cost, beside the level length in px: a bend, a way out by the side, the channel below everything, a row that is passed, a crowded gap. */
const BEND_COST = 40;
const SIDE_EXIT_COST = 30;
const OUTER_CHANNEL_COST = 120;
const ROW_CROSSING_COST = 90;
const CONGESTION_COST = 60;
const TRACK_WIDTH = 4;

/** The passage that is shortest and has fewest bends. */
export function findChannelPath(
  layout: GraphLayout,
  a: string,
  b: string,
  traffic: GapTraffic,
): ChannelPath | undefined {
  const [from, to] = [layout.placements.get(a), layout.placements.get(b)];
  if (!from || !to) return undefined;
  const [outs, ins] = [nodeExits(layout, a, from), nodeExits(layout, b, to)];
  for (const open of [rowGaps(layout), layout.rows.map(() => fallbackGaps(layout))]) {
    let best: { readonly cost: number; readonly passage: ChannelPath } | undefined;
    for (const out of outs) {
      for (const into of ins) {
        const found = crossRows(open, out, into, centreX(to), traffic);
        if (!found) continue;
        const cost =
          found.cost +
          [out, into].reduce(
            (sum, exit) =>
              sum +
              (exit.throughSide ? SIDE_EXIT_COST : 0) +
              (exit.channel === layout.rows.length ? OUTER_CHANNEL_COST : 0),
            0,
          );
        if (!best || cost < best.cost)
          best = { cost, passage: { exit: out, gaps: found.gaps, entry: into } };
      }
    }
    if (best) return best.passage;
  }
  return undefined;
}

/** Up and down out of a node, or where a chip is in the way, out of its sides. */
function nodeExits(layout: GraphLayout, id: string, place: NodePlacement): readonly NodeExit[] {
  const row = layout.grid.slots.get(id)?.row ?? 0;
  const border = {
    from: place.x + CORNER_MARGIN,
    to: place.x + NODE_WIDTH - CORNER_MARGIN,
    throughSide: false,
  };
  const channels = row > 0 ? [row, row + 1] : [row + 1];
  const free = (channel: number): boolean =>
    channel === row ? !place.chipAbove : !place.chipBelow;
  const near = (gaps: readonly Interval[]): readonly Interval[] =>
    gaps.filter((gap) => gap.from < place.x + NODE_WIDTH + 12 && gap.to > place.x - 12);
  const open = near(rowGaps(layout)[row] ?? []);
  const sides = open.length > 0 || channels.some(free) ? open : near(fallbackGaps(layout));
  return channels.flatMap((channel): readonly NodeExit[] =>
    free(channel)
      ? [{ ...border, channel }]
      : sides.map((gap) => ({ ...gap, channel, throughSide: true })),
  );
}

interface PartialPath {
  readonly cost: number;
  readonly x: number;
  readonly gaps: ChannelPath['gaps'];
}

/** Row by row, each gap reached from the nearest place before it. */
function crossRows(
  open: readonly (readonly Interval[])[],
  out: NodeExit,
  into: NodeExit,
  aim: number,
  traffic: GapTraffic,
): PartialPath | undefined {
  const down = into.channel > out.channel;
  let reached: readonly PartialPath[] = [{ cost: 0, x: clamp(aim, out), gaps: [] }];
  for (
    let row = down ? out.channel : out.channel - 1;
    down ? row < into.channel : row >= into.channel;
    row += down ? 1 : -1
  ) {
    reached = (open[row] ?? []).flatMap((gap): PartialPath[] => {
      const room = Math.max(1, (gap.to - gap.from) / TRACK_WIDTH);
      const full = ROW_CROSSING_COST + ((traffic.get(gap) ?? 0) / room) * CONGESTION_COST;
      return cheapest(reached, gap).map(({ cost, x, gaps }) => ({
        cost: cost + full,
        x,
        gaps: [...gaps, { row, gap }],
      }));
    });
  }
  return cheapest(reached, into)[0];
}

function cheapest(reached: readonly PartialPath[], next: Interval): readonly PartialPath[] {
  let best: PartialPath | undefined;
  for (const { cost, x, gaps } of reached) {
    const at = clamp(x, next);
    const sum = cost + Math.abs(at - x) + (at === x ? 0 : BEND_COST);
    if (!best || sum < best.cost) best = { cost: sum, x: at, gaps };
  }
  return best ? [best] : [];
}

function centreX(place: NodePlacement): number {
  return place.x + place.width / 2;
}

function clamp(x: number, { from, to }: Interval): number {
  return Math.max(from, Math.min(to, x));
}
