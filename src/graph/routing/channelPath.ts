import { rowGaps, fallbackGaps, type Interval } from './rowGaps';
import { NODE_WIDTH } from '../layout/nodeMetrics';
import type { GraphLayout, NodePlacement } from '../layout/graphLayout';

/*
 * Shortest path by dynamic programming over the rows between two nodes. Every gap of a row keeps its cheapest
 * predecessor; the cost is horizontal length, bends, rows passed and congestion.
 *
 *   channel 1  -----------------------
 *   row 1      [ a ]     [   ]
 *   channel 2  ---+------------+------     exit of a, then to a gap of row 2
 *   row 2      [   ]     [   ] |
 *   channel 3  ------+---------+------     out of that gap, then into b
 *   row 3          [ b ] [   ]
 */

/** An interval of x through which an edge leaves a node for a channel: the free space above the row of that number. */
export interface NodeExit extends Interval {
  readonly channel: number;
  /** Through the side of the node into the gap beside it: the border to the channel is covered by the other chip of the cell. */
  readonly throughSide: boolean;
}

/** The gaps that an edge passes between two nodes, from row to row. */
export interface ChannelPath {
  readonly exit: NodeExit;
  readonly gaps: readonly { readonly row: number; readonly gap: Interval }[];
  readonly entry: NodeExit;
}

/** Number of routed edges by gap. */
export type GapTraffic = Map<Interval, number>;

/** Between the corner of a node and its first edge, px. */
const CORNER_MARGIN = 12;
/** Costs in px of horizontal length. */
const BEND_COST = 40;
const SIDE_EXIT_COST = 30;
/** The channel below the last row, outside the lanes. */
const OUTER_CHANNEL_COST = 120;
const ROW_CROSSING_COST = 90;
/** For a gap with as many edges as it has tracks. */
const CONGESTION_COST = 60;
const TRACK_WIDTH = 4;

/** The cheapest path between two nodes; undefined if one of them has no placement. */
export function findChannelPath(
  layout: GraphLayout,
  a: string,
  b: string,
  traffic: GapTraffic,
): ChannelPath | undefined {
  const [from, to] = [layout.placements.get(a), layout.placements.get(b)];
  if (!from || !to) return undefined;
  const [exits, entries] = [nodeExits(layout, a, from), nodeExits(layout, b, to)];
  for (const gaps of [rowGaps(layout), layout.rows.map(() => fallbackGaps(layout))]) {
    let best: { readonly cost: number; readonly path: ChannelPath } | undefined;
    for (const exit of exits) {
      for (const entry of entries) {
        const crossing = crossRows(gaps, exit, entry, centreX(to), traffic);
        if (!crossing) continue;
        const cost =
          crossing.cost +
          [exit, entry].reduce(
            (sum, { throughSide, channel }) =>
              sum +
              (throughSide ? SIDE_EXIT_COST : 0) +
              (channel === layout.rows.length ? OUTER_CHANNEL_COST : 0),
            0,
          );
        if (!best || cost < best.cost) best = { cost, path: { exit, gaps: crossing.gaps, entry } };
      }
    }
    if (best) return best.path;
  }
  return undefined;
}

/** Through the top and bottom of a node; where a chip of the same cell covers that border, through its sides. */
function nodeExits(layout: GraphLayout, id: string, placement: NodePlacement): readonly NodeExit[] {
  const row = layout.slots.get(id)?.row ?? 0;
  const border = {
    from: placement.x + CORNER_MARGIN,
    to: placement.x + NODE_WIDTH - CORNER_MARGIN,
    throughSide: false,
  };
  const channels = row > 0 ? [row, row + 1] : [row + 1];
  const isFree = (channel: number): boolean =>
    channel === row ? !placement.chipAbove : !placement.chipBelow;
  const beside = (gaps: readonly Interval[]): readonly Interval[] =>
    gaps.filter(({ from, to }) => from < placement.x + NODE_WIDTH + 12 && to > placement.x - 12);
  const gaps = beside(rowGaps(layout)[row] ?? []);
  const sides = gaps.length > 0 || channels.some(isFree) ? gaps : beside(fallbackGaps(layout));
  return channels.flatMap((channel): readonly NodeExit[] =>
    isFree(channel)
      ? [{ ...border, channel }]
      : sides.map((gap) => ({ ...gap, channel, throughSide: true })),
  );
}

interface PartialPath {
  readonly cost: number;
  readonly x: number;
  readonly gaps: ChannelPath['gaps'];
}

/** From row to row: each gap is entered from its cheapest predecessor. `aim` is the x of the target. */
function crossRows(
  gapsByRow: readonly (readonly Interval[])[],
  exit: NodeExit,
  entry: NodeExit,
  aim: number,
  traffic: GapTraffic,
): PartialPath | undefined {
  const down = entry.channel > exit.channel;
  let paths: readonly PartialPath[] = [{ cost: 0, x: clamp(aim, exit), gaps: [] }];
  for (
    let row = down ? exit.channel : exit.channel - 1;
    down ? row < entry.channel : row >= entry.channel;
    row += down ? 1 : -1
  ) {
    paths = (gapsByRow[row] ?? []).flatMap((gap): PartialPath[] => {
      const tracks = Math.max(1, (gap.to - gap.from) / TRACK_WIDTH);
      const gapCost = ROW_CROSSING_COST + ((traffic.get(gap) ?? 0) / tracks) * CONGESTION_COST;
      return cheapest(paths, gap).map(({ cost, x, gaps }) => ({
        cost: cost + gapCost,
        x,
        gaps: [...gaps, { row, gap }],
      }));
    });
  }
  return cheapest(paths, entry)[0];
}

/** The cheapest path continued into `next`; empty if there is no path. */
function cheapest(paths: readonly PartialPath[], next: Interval): readonly PartialPath[] {
  let best: PartialPath | undefined;
  for (const { cost, x, gaps } of paths) {
    const nextX = clamp(x, next);
    const nextCost = cost + Math.abs(nextX - x) + (nextX === x ? 0 : BEND_COST);
    if (!best || nextCost < best.cost) best = { cost: nextCost, x: nextX, gaps };
  }
  return best ? [best] : [];
}

function centreX(placement: NodePlacement): number {
  return placement.x + placement.width / 2;
}

function clamp(x: number, { from, to }: Interval): number {
  return Math.max(from, Math.min(to, x));
}
