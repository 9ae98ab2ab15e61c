import type { Design } from '../../kernel/language/design';
import type { Mutation } from '../../kernel/language/mutation';
import type { Call } from '../../kernel/language/world';
import type { Scenario } from '../../scenario/format/scenario';

/** What a run starts from: a scenario under its design, before anybody acted. */
export interface Setup {
  readonly scenario: Scenario;
  /** Id in the built-in library; undefined for an opened file. */
  readonly libraryId: string | undefined;
  /** The design that runs: with `mutations`, the changed one. */
  readonly design: Design;
  /** Rows of the design that a reviewer changed; absent where it is the design itself. */
  readonly mutations?: readonly Mutation[];
}

/** Whether two setups run alike from their start: their titles and stories may differ. */
export function sameModelInput(
  a: Pick<Setup, 'scenario' | 'mutations'>,
  b: Pick<Setup, 'scenario' | 'mutations'>,
): boolean {
  const start = ({
    scenario: { design, options, world, calls },
    mutations = [],
  }: typeof a): string => JSON.stringify([design, options, world, calls, mutations]);
  return start(a) === start(b);
}

/** One act on a run: a task makes one step, or a new call is put in its task's list before call number `at`. */
export type Transition =
  | { readonly kind: 'step'; readonly task: string }
  | { readonly kind: 'issue'; readonly call: Call; readonly at: number };

/** A node of the trace tree: everything that happened up to here. Immutable; what it leads to is replayed, never stored. */
export interface TraceNode {
  readonly setup: Setup;
  readonly parent: TraceNode | undefined;
  /** What led here from the parent; undefined at the root. */
  readonly transition: Transition | undefined;
  readonly depth: number;
}

/** A line of play through the tree, from the root to its tip. */
export interface Branch {
  readonly id: number;
  readonly name: string;
  readonly tip: TraceNode;
  /** Where it left its parent; undefined for the first branch. */
  readonly forkedFrom: { readonly branch: number; readonly depth: number } | undefined;
}

/** The moment before anything happened. */
export function rootTraceNode(setup: Setup): TraceNode {
  return { setup, parent: undefined, transition: undefined, depth: 0 };
}

/** The moment after `move`. */
export function childTraceNode(parent: TraceNode, move: Transition): TraceNode {
  return { setup: parent.setup, parent, transition: move, depth: parent.depth + 1 };
}

const paths = new WeakMap<TraceNode, readonly TraceNode[]>();

/** Every moment from the root to `tip`, by depth. */
export function pathTo(tip: TraceNode): readonly TraceNode[] {
  const known = paths.get(tip);
  if (known) return known;
  const path: TraceNode[] = [];
  for (let at: TraceNode | undefined = tip; at; at = at.parent) path.push(at);
  path.reverse();
  paths.set(tip, path);
  return path;
}

/** Whether two moves do the same. */
export function sameTransition(a: Transition | undefined, b: Transition | undefined): boolean {
  if (a?.kind === 'step') return b?.kind === 'step' && a.task === b.task;
  if (a?.kind === 'issue') return b?.kind === 'issue' && a.at === b.at && sameCall(a.call, b.call);
  return b === undefined;
}

function sameCall(a: Call, b: Call): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof Call>;
  return [...keys].every((key) => a[key] === b[key]);
}
