import { rowGaps, type Interval } from './rowGaps';
import type { Point, Rect } from '../layout/geometry';
import { CHIP_HEIGHT, NODE_WIDTH } from '../layout/lanes';
import { ROW_GAP, type GraphLayout, type NodePlacement } from '../layout/graphLayout';
import { findChannelPath, type NodeExit, type ChannelPath, type GapTraffic } from './channelPath';

/** A level or upright stretch of an edge. */
interface Segment {
  readonly horizontal: boolean;
  readonly at: number;
  readonly from: number;
  readonly to: number;
}
type SegmentIndex = Map<string, Segment[]>;

/** With more possible edges than this, none looks out for the others. */
const MAX_PLANNED_EDGES = 1500;
/** Nearer than this two edges look like one, px; and with so much room around each they are easy to follow. */
const OVERLAP_DISTANCE = 3;
const CLEAR_DISTANCE = 7;
/** From one try to the next: in a gap, and along the border of a node. */
const TRACK_SPACING = 3.5;
const PORT_SPACING = 11;
const SIDE_SPACING = 5;
/** Above and below the edges of a channel, for heads and corners. */
const CHANNEL_MARGIN = 7;

/** Ways that are laid, what they run along, and how many pass each gap. */
interface RoutingPlan {
  readonly waypoints: Map<string, readonly Point[]>;
  readonly segments: SegmentIndex;
  readonly traffic: GapTraffic;
}

const routingPlans = new WeakMap<GraphLayout, RoutingPlan>();

/**
 * The corners of the way from one node to another, from border to border: never behind a node nor over the name of a lane, and as fixed as the nodes are.
 * Of all edges that there can be, as few as possible run on top of one another.
 */
export function waypointsOf(layout: GraphLayout, a: string, b: string): readonly Point[] {
  const plan = routingPlanFor(layout);
  const key = `${a} ${b}`;
  // What nobody foresaw goes as if it were the last, and leaves no trace: its way does not depend on who else comes.
  const way =
    plan.waypoints.get(key) ??
    routeOne(
      layout,
      a,
      b,
      { ...plan, traffic: new Map(plan.traffic) },
      (a.length * 3 + b.length + a.charCodeAt(a.length - 1)) % 3,
    );
  plan.waypoints.set(key, way);
  return way;
}

/** Where ways that nobody foresaw begin: what those of a layout that are foreseen run along. */
export function plannedRouting(layout: GraphLayout): RoutingState {
  return routingPlanFor(layout);
}

function routingPlanFor(layout: GraphLayout): RoutingPlan {
  const plan = routingPlans.get(layout) ?? makeRoutingPlan(layout);
  routingPlans.set(layout, plan);
  return plan;
}

/** What has been laid so far. */
export type RoutingState = Pick<RoutingPlan, 'segments' | 'traffic'>;

/** One more way, that keeps clear of all that are laid, and what is laid with it. It takes so much more room in each gap than an edge does. */
export function routeBeside(
  layout: GraphLayout,
  a: string,
  b: string,
  laying: RoutingState,
  room: number,
): { readonly way: readonly Point[]; readonly laying: RoutingState } {
  const traffic = new Map(laying.traffic);
  const way = routeOne(
    layout,
    a,
    b,
    { waypoints: new Map(), segments: laying.segments, traffic },
    0,
  );
  for (const [gap, count] of traffic)
    if (count !== laying.traffic.get(gap)) traffic.set(gap, count + room);
  const taken: SegmentIndex = new Map(laying.segments);
  for (const stretch of segmentsOf(way))
    taken.set(bucketKey(stretch, 0), [...(taken.get(bucketKey(stretch, 0)) ?? []), stretch]);
  return { way, laying: { segments: taken, traffic } };
}

/** The stretches that pass through a box. */
export function countSegmentsIn(
  { segments: taken }: RoutingState,
  { x, y, width, height }: Rect,
): number {
  let count = 0;
  const cross = (
    level: boolean,
    [from, to]: readonly [number, number],
    [low, high]: readonly [number, number],
  ): void => {
    for (let at = Math.floor(from / CLEAR_DISTANCE); at <= Math.floor(to / CLEAR_DISTANCE); at++) {
      for (const stretch of taken.get(`${level} ${at}`) ?? [])
        if (stretch.at >= from && stretch.at <= to && stretch.from < high && stretch.to > low)
          count += 1;
    }
  };
  cross(true, [y, y + height], [x, x + width]);
  cross(false, [x, x + width], [y, y + height]);
  return count;
}

function makeRoutingPlan(layout: GraphLayout): RoutingPlan {
  const plan: RoutingPlan = { waypoints: new Map(), segments: new Map(), traffic: new Map() };
  const { possibleEdges: ties } = layout.catalog;
  if (ties.length > MAX_PLANNED_EDGES) return plan;
  // What is surely drawn chooses first.
  for (const { a, b } of ties.toSorted((x, y) => y.weight - x.weight)) {
    const key = `${a} ${b}`;
    if (plan.waypoints.has(key)) continue;
    const way = routeOne(layout, a, b, plan, 0);
    plan.waypoints.set(key, way);
    for (const stretch of segmentsOf(way)) {
      const list = plan.segments.get(bucketKey(stretch, 0));
      if (list) list.push(stretch);
      else plan.segments.set(bucketKey(stretch, 0), [stretch]);
    }
  }
  return plan;
}

function routeOne(
  layout: GraphLayout,
  a: string,
  b: string,
  { segments: taken, traffic }: RoutingPlan,
  turn: number,
): readonly Point[] {
  const [from, to] = [layout.placements.get(a), layout.placements.get(b)];
  if (!from || !to) return [];
  const straight = routeWithinRow(layout, a, b, from, to, taken);
  if (straight) return straight;
  const passage = findChannelPath(layout, a, b, traffic);
  if (!passage)
    return [
      { x: from.x, y: from.y },
      { x: to.x, y: to.y },
    ];
  for (const { gap } of passage.gaps) traffic.set(gap, (traffic.get(gap) ?? 0) + 1);
  return routeThroughChannels(layout, a, b, passage, taken, turn);
}

/** Within a row, where nothing stands between: straight, or by a step where one is higher. */
function routeWithinRow(
  layout: GraphLayout,
  a: string,
  b: string,
  from: NodePlacement,
  to: NodePlacement,
  taken: SegmentIndex,
): readonly Point[] | undefined {
  const [row, other] = [layout.grid.slots.get(a)?.row, layout.grid.slots.get(b)?.row];
  if (row === undefined || row !== other) return undefined;
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
    const x = leastOccupied(
      candidatePositions((gap.from + gap.to) / 2, gap, TRACK_SPACING),
      false,
      ya,
      yb,
      taken,
    );
    return [
      { x: side, y: ya },
      { x, y: ya },
      { x, y: yb },
      { x: side, y: yb },
    ];
  }
  const right = to.x > from.x;
  const [start, end] = [right ? from.x + NODE_WIDTH : from.x, right ? to.x : to.x + NODE_WIDTH];
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
      taken,
    );
    return [
      { x: start, y },
      { x: end, y },
    ];
  }
  const [ya, yb] = [from.y + from.height / 2, to.y + to.height / 2];
  const x = leastOccupied(
    candidatePositions((gap.from + gap.to) / 2, gap, TRACK_SPACING),
    false,
    ya,
    yb,
    taken,
  );
  return [
    { x: start, y: ya },
    { x, y: ya },
    { x, y: yb },
    { x: end, y: yb },
  ];
}

/** A range that the edge keeps to for a while: as many rows as one upright line can pass. `enter` and `leave` are channels. */
interface VerticalRun extends Interval {
  readonly narrow: boolean;
  readonly enter: number;
  readonly leave: number;
}

function routeThroughChannels(
  layout: GraphLayout,
  a: string,
  b: string,
  { exit: out, gaps, entry: into }: ChannelPath,
  taken: SegmentIndex,
  turn: number,
): readonly Point[] {
  const [from, to] = [layout.placements.get(a), layout.placements.get(b)];
  if (!from || !to) return [];
  const columns = verticalRuns(
    [out, ...gaps.map(({ gap }) => gap), into],
    out.channel,
    Math.sign(into.channel - out.channel),
  );
  const middle = (channel: number): number => (layout.rows[channel - 1]?.bottom ?? 0) + ROW_GAP / 2;
  const [start, end] = [borderY(layout, a, from, out), borderY(layout, b, to, into)];
  const [centre, goal] = [from.x + NODE_WIDTH / 2, to.x + NODE_WIDTH / 2];
  const last = columns.length - 1;
  // The heights in the channels are chosen when it is known from where to where they are run through.
  const xs: number[] = [];
  columns.forEach((column, i) => {
    const before = xs[i - 1] ?? goal;
    const wanted = column.narrow
      ? (column.from + column.to) / 2
      : i === 0 && i === last
        ? (centre + goal) / 2
        : i === 0
          ? pullTowards(centre, goal, column)
          : i === last
            ? pullTowards(goal, before, column)
            : before;
    xs.push(
      leastOccupied(
        candidatePositions(wanted, column, column.narrow ? TRACK_SPACING : PORT_SPACING, turn),
        false,
        i === 0 ? start : middle(column.enter),
        i === last ? end : middle(column.leave),
        taken,
      ),
    );
  });
  const [first = 0, final = 0] = [xs[0], xs[last]];
  const bends = xs.slice(1).flatMap((x, i): Point[] => {
    const before = xs[i] ?? x;
    const channel = middle(columns[i + 1]?.enter ?? 0);
    const y = leastOccupied(
      candidatePositions(
        channel,
        {
          from: channel - ROW_GAP / 2 + CHANNEL_MARGIN,
          to: channel + ROW_GAP / 2 - CHANNEL_MARGIN,
        },
        TRACK_SPACING,
        turn,
      ),
      true,
      before,
      x,
      taken,
    );
    return [
      { x: before, y },
      { x, y },
    ];
  });
  return [
    ...endPoints(from, first, start, out, taken, turn),
    ...bends,
    ...endPoints(to, final, end, into, taken, turn).toReversed(),
  ];
}

/** The end of an edge at a node: at its border above or below, or out of its side and into the gap. */
function endPoints(
  place: NodePlacement,
  x: number,
  border: number,
  exit: NodeExit,
  taken: SegmentIndex,
  turn: number,
): readonly Point[] {
  if (!exit.throughSide) return [{ x, y: border }];
  const side = x > place.x ? place.x + NODE_WIDTH : place.x;
  const y = leastOccupied(
    candidatePositions(
      border,
      { from: place.y + 6, to: place.y + place.height - 6 },
      SIDE_SPACING,
      turn,
    ),
    true,
    side,
    x,
    taken,
  );
  return [
    { x: side, y },
    { x, y },
  ];
}

function borderY(
  layout: GraphLayout,
  id: string,
  place: NodePlacement,
  { channel, throughSide: beside }: NodeExit,
): number {
  if (beside) return place.y + place.height / 2;
  return channel > (layout.grid.slots.get(id)?.row ?? 0) ? place.y + place.height : place.y;
}

/** Ranges that follow one another, joined as far as one line can go through them all. */
function verticalRuns(
  ranges: readonly Interval[],
  channel: number,
  step: number,
): readonly VerticalRun[] {
  const columns: VerticalRun[] = [];
  ranges.forEach((range, i) => {
    const open = columns.at(-1);
    const [enter, leave] = [channel + step * (i - 1), channel + step * i];
    const joined = open && {
      from: Math.max(open.from, range.from),
      to: Math.min(open.to, range.to),
    };
    if (open && joined && joined.from <= joined.to)
      columns[columns.length - 1] = {
        ...joined,
        narrow: open.narrow || isNarrow(range),
        enter: open.enter,
        leave,
      };
    else columns.push({ from: range.from, to: range.to, narrow: isNarrow(range), enter, leave });
  });
  return columns;
}

function isNarrow({ from, to }: Interval): boolean {
  return to - from < 40;
}

/** On a border, drawn to the side of where the edge goes. */
function pullTowards(own: number, other: number, { from, to }: Interval): number {
  const reach = (to - from) / 4;
  return own + Math.max(-reach, Math.min(reach, (other - own) * 0.25));
}

/** Places to try: the wanted one, then ever further from it. */
function candidatePositions(
  wanted: number,
  { from, to }: Interval,
  step: number,
  turn = 0,
): readonly number[] {
  const tries: number[] = [];
  const first = Math.max(from, Math.min(to, wanted));
  for (let i = 0; i * step <= to - from; i++)
    for (const at of i === 0 ? [first] : [first + i * step, first - i * step])
      if (at >= from && at <= to) tries.push(at);
  return turn === 0 || tries.length < 2 ? tries : [...tries.slice(turn), ...tries.slice(0, turn)];
}

/** The first of the places at which least runs already. */
function leastOccupied(
  tries: readonly number[],
  level: boolean,
  a: number,
  b: number,
  taken: SegmentIndex,
): number {
  let best = tries[0] ?? 0;
  let least = Infinity;
  for (const at of tries) {
    const cost = overlapCost(
      { horizontal: level, at, from: Math.min(a, b), to: Math.max(a, b) },
      taken,
    );
    if (cost >= least) continue;
    least = cost;
    best = at;
    if (cost === 0) break;
  }
  return best;
}

function segmentsOf(way: readonly Point[]): Segment[] {
  return way.slice(1).flatMap((b, i): Segment[] => {
    const a = way[i] ?? b;
    const level = Math.abs(a.y - b.y) < 0.5;
    const [from, to] = level ? [a.x, b.x] : [a.y, b.y];
    return Math.abs(from - to) < 0.5
      ? []
      : [
          {
            horizontal: level,
            at: level ? a.y : a.x,
            from: Math.min(from, to),
            to: Math.max(from, to),
          },
        ];
  });
}

function overlapCost(stretch: Segment, taken: SegmentIndex): number {
  let sum = 0;
  for (const aside of [-1, 0, 1]) {
    for (const other of taken.get(bucketKey(stretch, aside)) ?? []) {
      const away = Math.abs(other.at - stretch.at);
      const shared = Math.min(other.to, stretch.to) - Math.max(other.from, stretch.from);
      if (away < CLEAR_DISTANCE && shared > 0)
        sum += away < OVERLAP_DISTANCE ? shared : shared * 0.1;
    }
  }
  return sum;
}

function bucketKey({ horizontal: level, at }: Segment, aside: number): string {
  return `${level} ${Math.floor(at / CLEAR_DISTANCE) + aside}`;
}
