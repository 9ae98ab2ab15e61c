import * as v from 'valibot';
import { branchPermalink, openPermalink, permalinkOf, type OpenedPermalink } from './permalink';
import type { SessionState } from '../store/session';
import {
  childTraceNode,
  pathTo,
  sameTransition,
  sameModelInput,
  type Branch,
  type Setup,
  type TraceNode,
} from '../trace/traceTree';
import { currentBranch, type Run } from '../trace/run';

/** Limit of the stored links together. The newest branches come first; what does not fit is left out. */
const MAX_STORED_CHARACTERS = 120_000;
const MAX_STORED_BRANCHES = 64;
const MAX_NAME_LENGTH = 40;

const naturalNumber = v.pipe(v.number(), v.integer(), v.minValue(0));
const storedBranchSchema = v.strictObject({
  id: v.pipe(naturalNumber, v.minValue(1)),
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_NAME_LENGTH)),
  link: v.string(),
  from: v.optional(v.strictObject({ branch: naturalNumber, depth: naturalNumber })),
});
const storedSchema = v.strictObject({
  /** Permalink of the branch on screen. */
  hash: v.string(),
  /** The hash before the address was updated to `hash`: a reload between the two still has it. Under any other hash the text is ignored. */
  before: v.string(),
  /** Id of the branch on screen. */
  branch: naturalNumber,
  branches: v.pipe(v.array(storedBranchSchema), v.maxLength(MAX_STORED_BRANCHES)),
});

/** The branches as text for the tab's storage; empty if the address holds the only branch. `hashBefore` is the hash that the address still has. */
export function makeStoredBranches(state: SessionState, hashBefore: string): string {
  const { run } = state;
  const current = currentBranch(run);
  if (run.branches.length === 1 && current.name === 'main') return '';
  const newestFirst = [current, ...run.branches.filter((each) => each !== current).toReversed()];
  let charactersLeft = MAX_STORED_CHARACTERS;
  const stored = newestFirst
    .slice(0, MAX_STORED_BRANCHES)
    .map(({ id, name, tip, forkedFrom }) => ({
      id,
      name: name.slice(0, MAX_NAME_LENGTH),
      link: branchPermalink(tip),
      ...(forkedFrom ? { from: forkedFrom } : {}),
    }))
    .filter(({ link }) => (charactersLeft -= link.length) >= 0);
  return JSON.stringify({
    hash: permalinkOf(state),
    before: hashBefore,
    branch: run.branchId,
    branches: stored.toSorted((a, b) => a.id - b.id),
  } satisfies v.InferInput<typeof storedSchema>);
}

/** The link of an address with the stored branches. Undefined if there are none, if they belong to another address, or if the text is damaged. Never throws. */
export function openStoredBranches(
  hash: string,
  text: string | undefined,
): Extract<OpenedPermalink, { ok: true }> | undefined {
  if (text === undefined || text.length > MAX_STORED_CHARACTERS * 2) return undefined;
  const stored = parseStored(text);
  const current = stored?.branches.find(({ id }) => id === stored.branch);
  if (!stored || !current || (stored.hash !== hash && stored.before !== hash)) return undefined;
  const opened = openPermalink(stored.hash);
  return opened.ok && opened.dropped.length === 0
    ? { ...opened, run: withStoredBranches(opened.run, stored, current.id) }
    : undefined;
}

function withStoredBranches(
  run: Run,
  stored: v.InferOutput<typeof storedSchema>,
  currentId: number,
): Run {
  const tips = new Map<number, TraceNode>([[currentId, currentBranch(run).tip]]);
  for (const { id, link } of stored.branches) {
    const opened = tips.has(id) ? undefined : openPermalink(link);
    // Drops a branch that this version cannot replay to its end. The current branch comes from its link instead.
    if (!opened?.ok || opened.dropped.length > 0) continue;
    const { tip } = currentBranch(opened.run);
    if (!isOfSameScenario(tip.setup, run.setup)) continue;
    const trees = [...tips.values()].filter((other) => sameModelInput(other.setup, tip.setup));
    tips.set(id, trees.length > 0 ? graftBranch(trees, tip) : tip);
  }
  const branches = stored.branches.flatMap(({ id, name, from }): Branch[] => {
    const tip = tips.get(id);
    if (!tip) return [];
    tips.delete(id);
    const hasParent =
      from && from.depth <= tip.depth && stored.branches.some((each) => each.id === from.branch);
    return [{ id, name, tip, forkedFrom: hasParent ? from : undefined }];
  });
  return { ...run, branches, branchId: currentId };
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

/** Whether two branches can belong to one run. The calls may differ: a branch of the user's own calls leaves out those of the scenario. */
function isOfSameScenario(a: Setup, b: Setup): boolean {
  const withoutCalls = ({ scenario, mutations }: Setup): Pick<Setup, 'scenario' | 'mutations'> => ({
    scenario: { ...scenario, calls: [] },
    ...(mutations ? { mutations } : {}),
  });
  return a.scenario.title === b.scenario.title && sameModelInput(withoutCalls(a), withoutCalls(b));
}

/** Rebuilds a path in the tree of others, so that it shares their nodes up to where it forks. */
function graftBranch(trees: readonly TraceNode[], tip: TraceNode): TraceNode {
  const path = pathTo(tip);
  let shared: TraceNode | undefined;
  for (const tree of trees) {
    const other = pathTo(tree);
    const fork = other.findIndex(
      (node, depth) => !path[depth] || !sameTransition(node.transition, path[depth].transition),
    );
    const last = other[(fork < 0 ? other.length : fork) - 1];
    if (last && last.depth >= (shared?.depth ?? 0)) shared = last;
  }
  if (!shared) throw new Error('no other branch to graft on');
  return path
    .slice(shared.depth + 1)
    .reduce(
      (node, { transition }) => (transition ? childTraceNode(node, transition) : node),
      shared,
    );
}
