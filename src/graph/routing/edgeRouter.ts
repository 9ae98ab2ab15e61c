import { rowGaps, type Interval } from './rowGaps';
import type { Point } from '../layout/geometry';
import { CHIP_HEIGHT, NODE_WIDTH } from '../layout/nodeMetrics';
import { ROW_GAP, type GraphLayout, type NodePlacement } from '../layout/graphLayout';
import { findChannelPath, type NodeExit, type ChannelPath, type GapTraffic } from './channelPath';
import {
  addSegments,
  leastOccupied,
  withSegments,
  type Segment,
  type SegmentIndex,
} from './segmentIndex';

/*
 * Greedy orthogonal track assignment. All edges that a program can have are routed in order of weight, so that a route
 * does not depend on the state: channelPath chooses the gaps to pass, then every segment takes the position in its gap
 * or channel where it overlaps the fewest earlier ones.
 *
 *   row 1   [ a ]   |  [   ]        exit:  border of a, into channel 2
 *             |     |
 *   channel 2 +--+  |               bend:  in a channel, on a free track
 *                |  |
 *   row 2   [   ]|  |  [   ]        gap:   beside the nodes of a row, on a free track
 *                |
 *   channel 3    +----+
 *                     |
 *   row 3   [   ]   [ b ]           entry: border of b
 */

/** With more possible edges than this, routes ignore one another: planning them would take too long. */
const MAX_PLANNED_EDGES = 1500;
/** Distance between candidate positions, px: in a gap or channel, on the top or bottom border of a node, on its side. */
const TRACK_SPACING = 3.5;
const PORT_SPACING = 11;
const SIDE_SPACING = 5;
/** Free space at the top and bottom of a channel, for arrow heads and corners, px. */
const CHANNEL_MARGIN = 7;
/** Gaps below this width count as narrow: edges start at their middle, px. */
const NARROW_GAP = 40;

/** Routed edges by `source target`, their segments, and how many pass each gap. */
interface RoutingPlan {
  readonly waypoints: Map<string, readonly Point[]>;
  readonly segments: Map<string, Segment[]>;
  readonly traffic: GapTraffic;
}

/** What the next edge has to avoid. */
export interface RoutingState {
  readonly segments: SegmentIndex;
  readonly traffic: GapTraffic;
}

const routingPlans = new WeakMap<GraphLayout, RoutingPlan>();

/** The corners of an edge from border to border, never behind a node nor over the title of a lane. Same object for the same nodes of a layout. */
export function waypointsOf(layout: GraphLayout, a: string, b: string): readonly Point[] {
  const plan = routingPlanFor(layout);
  const key = `${a} ${b}`;
  // An edge outside the plan leaves no traffic, so that its route does not depend on which others were asked for before.
  const waypoints =
    plan.waypoints.get(key) ??
    routeOne(
      layout,
      a,
      b,
      { segments: plan.segments, traffic: new Map(plan.traffic) },
      (a.length * 3 + b.length + a.charCodeAt(a.length - 1)) % 3,
    );
  plan.waypoints.set(key, waypoints);
  return waypoints;
}

/** The routing state with all planned edges of a layout. */
export function plannedRouting(layout: GraphLayout): RoutingState {
  return routingPlanFor(layout);
}

/** Routes one more edge clear of all in `routing`, and returns the state with it. It adds `extraTraffic` to each gap besides its own passage. */
export function routeBeside(
  layout: GraphLayout,
  a: string,
  b: string,
  routing: RoutingState,
  extraTraffic: number,
): { readonly waypoints: readonly Point[]; readonly routing: RoutingState } {
  const traffic = new Map(routing.traffic);
  const waypoints = routeOne(layout, a, b, { segments: routing.segments, traffic }, 0);
  for (const [gap, count] of traffic)
    if (count !== routing.traffic.get(gap)) traffic.set(gap, count + extraTraffic);
  return { waypoints, routing: { segments: withSegments(routing.segments, waypoints), traffic } };
}

function routingPlanFor(layout: GraphLayout): RoutingPlan {
  const plan = routingPlans.get(layout) ?? makeRoutingPlan(layout);
  routingPlans.set(layout, plan);
  return plan;
}

function makeRoutingPlan(layout: GraphLayout): RoutingPlan {
  const plan: RoutingPlan = { waypoints: new Map(), segments: new Map(), traffic: new Map() };
  const { possibleEdges } = layout.catalog;
  if (possibleEdges.length > MAX_PLANNED_EDGES) return plan;
  for (const { a, b } of possibleEdges.toSorted((x, y) => y.weight - x.weight)) {
    const key = `${a} ${b}`;
    if (plan.waypoints.has(key)) continue;
    const waypoints = routeOne(layout, a, b, plan, 0);
    plan.waypoints.set(key, waypoints);
    addSegments(plan.segments, waypoints);
  }
  return plan;
}

/** `rotation` skips the first candidates of a segment, so that unplanned edges do not all take the same track. Counts its passages in `traffic`. */
function routeOne(
  layout: GraphLayout,
  a: string,
  b: string,
  { segments, traffic }: RoutingState,
  rotation: number,
): readonly Point[] {
  const [from, to] = [layout.placements.get(a), layout.placements.get(b)];
  if (!from || !to) return [];
  const withinRow = routeWithinRow(layout, a, b, from, to, segments);
  if (withinRow) return withinRow;
  const path = findChannelPath(layout, a, b, traffic);
  if (!path)
    return [
      { x: from.x, y: from.y },
      { x: to.x, y: to.y },
    ];
  for (const { gap } of path.gaps) traffic.set(gap, (traffic.get(gap) ?? 0) + 1);
  return routeThroughChannels(layout, a, b, path, segments, rotation);
}

/** Between neighbours in a row, or the two chips of a cell: straight, or with one step. Undefined if a node is in between. */
function routeWithinRow(
  layout: GraphLayout,
  a: string,
  b: string,
  from: NodePlacement,
  to: NodePlacement,
  segments: SegmentIndex,
): readonly Point[] | undefined {
  const [row, otherRow] = [layout.slots.get(a)?.row, layout.slots.get(b)?.row];
  if (row === undefined || row !== otherRow) return undefined;
  const gaps = rowGaps(layout)[row] ?? [];
  if (from.x === to.x) {
    const gap =
      gaps.find((each) => Math.abs(each.from - from.x - NODE_WIDTH) < 12) ??
      gaps.find((each) => Math.abs(each.to - from.x) < 12);
    const [ya, yb] = [from.y + CHIP_HEIGHT / 2, to.y + CHIP_HEIGHT / 2];
    if (!gap)
      return [
        { x: from.x + NODE_WIDTH / 2, y: ya < yb ? from.y + from.height : from.y },
        { x: to.x + NODE_WIDTH / 2, y: ya < yb ? to.y : to.y + to.height },
      ];
    const side = gap.from > from.x ? from.x + NODE_WIDTH : from.x;
    const x = leastOccupied(trackCandidates(gap), false, ya, yb, segments);
    return [
      { x: side, y: ya },
      { x, y: ya },
      { x, y: yb },
      { x: side, y: yb },
    ];
  }
  const toTheRight = to.x > from.x;
  const [start, end] = [
    toTheRight ? from.x + NODE_WIDTH : from.x,
    toTheRight ? to.x : to.x + NODE_WIDTH,
  ];
  const gap = gaps.find(
    (each) =>
      Math.abs(each.from - Math.min(start, end)) < 12 &&
      Math.abs(each.to - Math.max(start, end)) < 12,
  );
  if (!gap) return undefined;
  const shared: Interval = {
    from: Math.max(from.y, to.y) + 6,
    to: Math.min(from.y + from.height, to.y + to.height) - 6,
  };
  if (shared.from < shared.to) {
    const y = leastOccupied(
      candidatePositions((shared.from + shared.to) / 2, shared, PORT_SPACING),
      true,
      start,
      end,
      segments,
    );
    return [
      { x: start, y },
      { x: end, y },
    ];
  }
  const [ya, yb] = [from.y + from.height / 2, to.y + to.height / 2];
  const x = leastOccupied(trackCandidates(gap), false, ya, yb, segments);
  return [
    { x: start, y: ya },
    { x, y: ya },
    { x, y: yb },
    { x: end, y: yb },
  ];
}

function routeThroughChannels(
  layout: GraphLayout,
  a: string,
  b: string,
  { exit, gaps, entry }: ChannelPath,
  segments: SegmentIndex,
  rotation: number,
): readonly Point[] {
  const [from, to] = [layout.placements.get(a), layout.placements.get(b)];
  if (!from || !to) return [];
  const runs = verticalRuns(
    [exit, ...gaps.map(({ gap }) => gap), entry],
    exit.channel,
    Math.sign(entry.channel - exit.channel),
  );
  const channelY = (channel: number): number =>
    (layout.rows[channel - 1]?.bottom ?? 0) + ROW_GAP / 2;
  const [start, end] = [borderY(layout, a, from, exit), borderY(layout, b, to, entry)];
  const [sourceX, targetX] = [from.x + NODE_WIDTH / 2, to.x + NODE_WIDTH / 2];
  const last = runs.length - 1;
  // The x of every run comes first: it gives the ends of the horizontal segments in the channels.
  const xs: number[] = [];
  runs.forEach((run, i) => {
    const previous = xs[i - 1] ?? targetX;
    const wanted = run.narrow
      ? (run.from + run.to) / 2
      : i === 0 && i === last
        ? (sourceX + targetX) / 2
        : i === 0
          ? pullTowards(sourceX, targetX, run)
          : i === last
            ? pullTowards(targetX, previous, run)
            : previous;
    xs.push(
      leastOccupied(
        candidatePositions(wanted, run, run.narrow ? TRACK_SPACING : PORT_SPACING, rotation),
        false,
        i === 0 ? start : channelY(run.enter),
        i === last ? end : channelY(run.leave),
        segments,
      ),
    );
  });
  const [firstX = 0, lastX = 0] = [xs[0], xs[last]];
  const bends = xs.slice(1).flatMap((x, i): Point[] => {
    const previous = xs[i] ?? x;
    const middle = channelY(runs[i + 1]?.enter ?? 0);
    const y = leastOccupied(
      candidatePositions(
        middle,
        {
          from: middle - ROW_GAP / 2 + CHANNEL_MARGIN,
          to: middle + ROW_GAP / 2 - CHANNEL_MARGIN,
        },
        TRACK_SPACING,
        rotation,
      ),
      true,
      previous,
      x,
      segments,
    );
    return [
      { x: previous, y },
      { x, y },
    ];
  });
  return [
    ...endPoints(from, firstX, start, exit, segments, rotation),
    ...bends,
    ...endPoints(to, lastX, end, entry, segments, rotation).toReversed(),
  ];
}

/** The end of an edge at a node: on its top or bottom border, or out of its side and into the gap. */
function endPoints(
  placement: NodePlacement,
  x: number,
  border: number,
  exit: NodeExit,
  segments: SegmentIndex,
  rotation: number,
): readonly Point[] {
  if (!exit.throughSide) return [{ x, y: border }];
  const side = x > placement.x ? placement.x + NODE_WIDTH : placement.x;
  const y = leastOccupied(
    candidatePositions(
      border,
      { from: placement.y + 6, to: placement.y + placement.height - 6 },
      SIDE_SPACING,
      rotation,
    ),
    true,
    side,
    x,
    segments,
  );
  return [
    { x: side, y },
    { x, y },
  ];
}

function borderY(
  layout: GraphLayout,
  id: string,
  placement: NodePlacement,
  { channel, throughSide }: NodeExit,
): number {
  if (throughSide) return placement.y + placement.height / 2;
  return channel > (layout.slots.get(id)?.row ?? 0) ? placement.y + placement.height : placement.y;
}

/** An interval of x in which one vertical segment passes as many rows as possible. `enter` and `leave` are channels. */
interface VerticalRun extends Interval {
  readonly narrow: boolean;
  readonly enter: number;
  readonly leave: number;
}

/** Consecutive intervals, intersected as long as one vertical segment can pass them all. */
function verticalRuns(
  intervals: readonly Interval[],
  channel: number,
  step: number,
): readonly VerticalRun[] {
  const runs: VerticalRun[] = [];
  intervals.forEach((interval, i) => {
    const open = runs.at(-1);
    const [enter, leave] = [channel + step * (i - 1), channel + step * i];
    const joined = open && {
      from: Math.max(open.from, interval.from),
      to: Math.min(open.to, interval.to),
    };
    if (open && joined && joined.from <= joined.to)
      runs[runs.length - 1] = {
        ...joined,
        narrow: open.narrow || isNarrow(interval),
        enter: open.enter,
        leave,
      };
    else
      runs.push({
        from: interval.from,
        to: interval.to,
        narrow: isNarrow(interval),
        enter,
        leave,
      });
  });
  return runs;
}

function isNarrow({ from, to }: Interval): boolean {
  return to - from < NARROW_GAP;
}

/** A position on a border, moved towards the other end by at most a quarter of the interval. */
function pullTowards(own: number, other: number, { from, to }: Interval): number {
  const limit = (to - from) / 4;
  return own + Math.max(-limit, Math.min(limit, (other - own) * 0.25));
}

/** Tracks of a gap, from its middle outwards. */
function trackCandidates(gap: Interval): readonly number[] {
  return candidatePositions((gap.from + gap.to) / 2, gap, TRACK_SPACING);
}

/** Positions to try: the wanted one, then ever further from it. The first `rotation` of them come last. */
function candidatePositions(
  wanted: number,
  { from, to }: Interval,
  step: number,
  rotation = 0,
): readonly number[] {
  const positions: number[] = [];
  const first = Math.max(from, Math.min(to, wanted));
  for (let i = 0; i * step <= to - from; i++)
    for (const at of i === 0 ? [first] : [first + i * step, first - i * step])
      if (at >= from && at <= to) positions.push(at);
  return rotation === 0 || positions.length < 2
    ? positions
    : [...positions.slice(rotation), ...positions.slice(0, rotation)];
}
