import * as v from 'valibot';
import { linkOfBranch, openPermalink, permalinkOf, type OpenedPermalink } from './permalink';
import { currentBranch, type Run, type SessionState } from './session';
import { nextMoment, pathTo, sameMove, sameStart, type Branch, type Moment } from './trail';

/** Characters that are kept; the branches on which one was last come first, and what does not fit is left out. */
const MOST_CHARACTERS = 120_000;
const MOST_BRANCHES = 64;
const MOST_NAME = 40;

const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const keptBranch = v.strictObject({
  id: v.pipe(whole, v.minValue(1)),
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(MOST_NAME)),
  link: v.string(),
  from: v.optional(v.strictObject({ branch: whole, depth: whole })),
});
const schema = v.strictObject({
  /** What was on screen. */
  hash: v.string(),
  /** What the address said before it was brought up to that: a reload in the same moment still goes there. Under any other address they mean nothing. */
  before: v.string(),
  /** Id of the branch on screen. */
  branch: whole,
  branches: v.pipe(v.array(keptBranch), v.maxLength(MOST_BRANCHES)),
});

/** The branches as text, to be kept beside an address; empty where the address says it all. */
export function makeKept(state: SessionState, before: string): string {
  const { run } = state;
  const current = currentBranch(run);
  if (run.branches.length === 1 && current.name === 'main') return '';
  const newestFirst = [current, ...run.branches.filter((each) => each !== current).toReversed()];
  let room = MOST_CHARACTERS;
  const kept = newestFirst
    .slice(0, MOST_BRANCHES)
    .map(({ id, name, tip, from }) => ({
      id,
      name: name.slice(0, MOST_NAME),
      link: linkOfBranch(tip),
      ...(from ? { from } : {}),
    }))
    .filter(({ link }) => (room -= link.length) >= 0);
  return JSON.stringify({
    hash: permalinkOf(state),
    before,
    branch: run.branch,
    branches: kept.toSorted((a, b) => a.id - b.id),
  } satisfies v.InferInput<typeof schema>);
}

/** What an address holds, with the branches that were kept beside it. Undefined where none were, where they belong to another address, and where the text is damaged. Never throws on any text. */
export function openKept(
  hash: string,
  text: string | undefined,
): Extract<OpenedPermalink, { ok: true }> | undefined {
  if (text === undefined || text.length > MOST_CHARACTERS * 2) return undefined;
  const kept = parsed(text);
  const here = kept?.branches.find(({ id }) => id === kept.branch);
  if (!kept || !here || (kept.hash !== hash && kept.before !== hash)) return undefined;
  const opened = openPermalink(kept.hash);
  return opened.ok && opened.dropped.length === 0
    ? { ...opened, run: withKept(opened.run, kept, here.id) }
    : undefined;
}

function withKept(run: Run, kept: v.InferOutput<typeof schema>, here: number): Run {
  const tips = new Map<number, Moment>([[here, currentBranch(run).tip]]);
  for (const { id, link } of kept.branches) {
    const opened = tips.has(id) ? undefined : openPermalink(link);
    // A branch that this version cannot play to its end is let go; what is on screen is told by its link.
    if (!opened?.ok || opened.dropped.length > 0 || !sameStart(opened.run.setup, run.setup))
      continue;
    tips.set(id, grafted([...tips.values()], currentBranch(opened.run).tip));
  }
  const branches = kept.branches.flatMap(({ id, name, from }): Branch[] => {
    const tip = tips.get(id);
    if (!tip) return [];
    tips.delete(id);
    const rooted =
      from && from.depth <= tip.depth && kept.branches.some((each) => each.id === from.branch);
    return [{ id, name, tip, from: rooted ? from : undefined }];
  });
  return { ...run, branches, branch: here };
}

function parsed(text: string): v.InferOutput<typeof schema> | undefined {
  try {
    const result = v.safeParse(schema, JSON.parse(text));
    return result.success ? result.output : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A line of play as a branch of the tree of others: it shares their moments as far as it goes with them. */
function grafted(trees: readonly Moment[], tip: Moment): Moment {
  const path = pathTo(tip);
  let shared: Moment | undefined;
  for (const tree of trees) {
    const other = pathTo(tree);
    const parted = other.findIndex(
      (moment, depth) => !path[depth] || !sameMove(moment.move, path[depth].move),
    );
    const last = other[(parted < 0 ? other.length : parted) - 1];
    if (last && last.depth >= (shared?.depth ?? 0)) shared = last;
  }
  if (!shared) throw new Error('no tree to graft on');
  return path
    .slice(shared.depth + 1)
    .reduce((at, { move }) => (move ? nextMoment(at, move) : at), shared);
}
