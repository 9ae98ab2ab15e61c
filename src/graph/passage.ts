import { gapsOf, lastGaps, type Range } from './gaps';
import { WIDTH } from './lanes';
import type { Layout, Place } from './layout';

/** A way out of a node: into a channel, which is the space above the row of its number. */
export interface Exit extends Range {
  readonly channel: number;
  /** Out of a side, into the gap beside the node: a chip stands above or below it. */
  readonly beside: boolean;
}

/** How an edge gets from one node to another: out, through gaps of the rows between, and in. */
export interface Passage {
  readonly out: Exit;
  readonly gaps: readonly { readonly row: number; readonly gap: Range }[];
  readonly into: Exit;
}

/** Edges that pass each gap so far. */
export type Traffic = Map<Range, number>;

/** From the corners of a node to where edges leave it. */
const CORNER = 12;
/** What these cost, beside the level length in px: a bend, a way out by the side, the channel below everything, a row that is passed, a crowded gap. */
const BEND = 40;
const ASIDE = 30;
const OUTSIDE = 120;
const PASSED = 90;
const CROWDED = 60;
const TRACK = 4;

/** The passage that is shortest and has fewest bends. */
export function passageOf(
  layout: Layout,
  a: string,
  b: string,
  traffic: Traffic,
): Passage | undefined {
  const [from, to] = [layout.places.get(a), layout.places.get(b)];
  if (!from || !to) return undefined;
  const [outs, ins] = [exitsOf(layout, a, from), exitsOf(layout, b, to)];
  for (const open of [gapsOf(layout), layout.rows.map(() => lastGaps(layout))]) {
    let best: { readonly cost: number; readonly passage: Passage } | undefined;
    for (const out of outs) {
      for (const into of ins) {
        const found = through(open, out, into, middleOf(to), traffic);
        if (!found) continue;
        const cost =
          found.cost +
          [out, into].reduce(
            (sum, exit) =>
              sum + (exit.beside ? ASIDE : 0) + (exit.channel === layout.rows.length ? OUTSIDE : 0),
            0,
          );
        if (!best || cost < best.cost) best = { cost, passage: { out, gaps: found.gaps, into } };
      }
    }
    if (best) return best.passage;
  }
  return undefined;
}

/** Up and down out of a node, or where a chip is in the way, out of its sides. */
function exitsOf(layout: Layout, id: string, place: Place): readonly Exit[] {
  const row = layout.grid.slots.get(id)?.row ?? 0;
  const border = { from: place.x + CORNER, to: place.x + WIDTH - CORNER, beside: false };
  const channels = row > 0 ? [row, row + 1] : [row + 1];
  const free = (channel: number): boolean => (channel === row ? !place.under : !place.over);
  const near = (gaps: readonly Range[]): readonly Range[] =>
    gaps.filter((gap) => gap.from < place.x + WIDTH + 12 && gap.to > place.x - 12);
  const open = near(gapsOf(layout)[row] ?? []);
  const sides = open.length > 0 || channels.some(free) ? open : near(lastGaps(layout));
  return channels.flatMap((channel): readonly Exit[] =>
    free(channel)
      ? [{ ...border, channel }]
      : sides.map((gap) => ({ ...gap, channel, beside: true })),
  );
}

interface Reached {
  readonly cost: number;
  readonly x: number;
  readonly gaps: Passage['gaps'];
}

/** Row by row, each gap reached from the nearest place before it. */
function through(
  open: readonly (readonly Range[])[],
  out: Exit,
  into: Exit,
  aim: number,
  traffic: Traffic,
): Reached | undefined {
  const down = into.channel > out.channel;
  let reached: readonly Reached[] = [{ cost: 0, x: clamp(aim, out), gaps: [] }];
  for (
    let row = down ? out.channel : out.channel - 1;
    down ? row < into.channel : row >= into.channel;
    row += down ? 1 : -1
  ) {
    reached = (open[row] ?? []).flatMap((gap): Reached[] => {
      const room = Math.max(1, (gap.to - gap.from) / TRACK);
      const full = PASSED + ((traffic.get(gap) ?? 0) / room) * CROWDED;
      return cheapest(reached, gap).map(({ cost, x, gaps }) => ({
        cost: cost + full,
        x,
        gaps: [...gaps, { row, gap }],
      }));
    });
  }
  return cheapest(reached, into)[0];
}

function cheapest(reached: readonly Reached[], next: Range): readonly Reached[] {
  let best: Reached | undefined;
  for (const { cost, x, gaps } of reached) {
    const at = clamp(x, next);
    const sum = cost + Math.abs(at - x) + (at === x ? 0 : BEND);
    if (!best || sum < best.cost) best = { cost: sum, x: at, gaps };
  }
  return best ? [best] : [];
}

function middleOf(place: Place): number {
  return place.x + place.width / 2;
}

function clamp(x: number, { from, to }: Range): number {
  return Math.max(from, Math.min(to, x));
}
