import * as v from 'valibot';
import { branchPermalink, openPermalink, permalinkOf, type OpenedPermalink } from './permalink';
import { type SessionState } from '../store/session';
import {
  childTraceNode,
  pathTo,
  sameTransition,
  sameModelInput,
  type Branch,
  type TraceNode,
} from '../trace/traceTree';
import { currentBranch, type Run } from '../trace/run';

/** Characters that are kept; the branches on which one was last come first, and what does not fit is left out. */
const MAX_STORED_CHARACTERS = 120_000;
const MAX_STORED_BRANCHES = 64;
const MAX_NAME_LENGTH = 40;

const wholeNumber = v.pipe(v.number(), v.integer(), v.minValue(0));
const storedBranchSchema = v.strictObject({
  id: v.pipe(wholeNumber, v.minValue(1)),
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_NAME_LENGTH)),
  link: v.string(),
  from: v.optional(v.strictObject({ branch: wholeNumber, depth: wholeNumber })),
});
const storedSchema = v.strictObject({
  /** What was on screen. */
  hash: v.string(),
  /** What the address said before it was brought up to that: a reload in the same moment still goes there. Under any other address they mean nothing. */
  before: v.string(),
  /** Id of the branch on screen. */
  branch: wholeNumber,
  branches: v.pipe(v.array(storedBranchSchema), v.maxLength(MAX_STORED_BRANCHES)),
});

/** The branches as text, to be kept beside an address; empty where the address says it all. */
export function makeStoredBranches(state: SessionState, before: string): string {
  const { run } = state;
  const current = currentBranch(run);
  if (run.branches.length === 1 && current.name === 'main') return '';
  const newestFirst = [current, ...run.branches.filter((each) => each !== current).toReversed()];
  let room = MAX_STORED_CHARACTERS;
  const kept = newestFirst
    .slice(0, MAX_STORED_BRANCHES)
    .map(({ id, name, tip, forkedFrom: from }) => ({
      id,
      name: name.slice(0, MAX_NAME_LENGTH),
      link: branchPermalink(tip),
      ...(from ? { from } : {}),
    }))
    .filter(({ link }) => (room -= link.length) >= 0);
  return JSON.stringify({
    hash: permalinkOf(state),
    before,
    branch: run.branchId,
    branches: kept.toSorted((a, b) => a.id - b.id),
  } satisfies v.InferInput<typeof storedSchema>);
}

/** What an address holds, with the branches that were kept beside it. Undefined where none were, where they belong to another address, and where the text is damaged. Never throws on any text. */
export function openStoredBranches(
  hash: string,
  text: string | undefined,
): Extract<OpenedPermalink, { ok: true }> | undefined {
  if (text === undefined || text.length > MAX_STORED_CHARACTERS * 2) return undefined;
  const kept = parseStored(text);
  const here = kept?.branches.find(({ id }) => id === kept.branch);
  if (!kept || !here || (kept.hash !== hash && kept.before !== hash)) return undefined;
  const opened = openPermalink(kept.hash);
  return opened.ok && opened.dropped.length === 0
    ? { ...opened, run: withStoredBranches(opened.run, kept, here.id) }
    : undefined;
}

function withStoredBranches(run: Run, kept: v.InferOutput<typeof storedSchema>, here: number): Run {
  const tips = new Map<number, TraceNode>([[here, currentBranch(run).tip]]);
  for (const { id, link } of kept.branches) {
    const opened = tips.has(id) ? undefined : openPermalink(link);
    // A branch that this version cannot play to its end is let go; what is on screen is told by its link.
    if (!opened?.ok || opened.dropped.length > 0 || !sameModelInput(opened.run.setup, run.setup))
      continue;
    tips.set(id, graftBranch([...tips.values()], currentBranch(opened.run).tip));
  }
  const branches = kept.branches.flatMap(({ id, name, from }): Branch[] => {
    const tip = tips.get(id);
    if (!tip) return [];
    tips.delete(id);
    const rooted =
      from && from.depth <= tip.depth && kept.branches.some((each) => each.id === from.branch);
    return [{ id, name, tip, forkedFrom: rooted ? from : undefined }];
  });
  return { ...run, branches, branchId: here };
}

function parseStored(text: string): v.InferOutput<typeof storedSchema> | undefined {
  try {
    const result = v.safeParse(storedSchema, JSON.parse(text));
    return result.success ? result.output : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A line of play as a branch of the tree of others: it shares their moments as far as it goes with them. */
function graftBranch(trees: readonly TraceNode[], tip: TraceNode): TraceNode {
  const path = pathTo(tip);
  let shared: TraceNode | undefined;
  for (const tree of trees) {
    const other = pathTo(tree);
    const parted = other.findIndex(
      (moment, depth) => !path[depth] || !sameTransition(moment.transition, path[depth].transition),
    );
    const last = other[(parted < 0 ? other.length : parted) - 1];
    if (last && last.depth >= (shared?.depth ?? 0)) shared = last;
  }
  if (!shared) throw new Error('no tree to graft on');
  return path
    .slice(shared.depth + 1)
    .reduce((at, { transition: move }) => (move ? childTraceNode(at, move) : at), shared);
}
