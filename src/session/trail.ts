import type { Design } from '../kernel/design';
import type { Mutation } from '../kernel/mutationText';
import type { Call } from '../kernel/world';
import type { Scenario } from '../scenario/scenario';

/** What a run starts from: a scenario under its design, before anybody acted. */
export interface Setup {
  readonly scenario: Scenario;
  /** Id in the built-in library; undefined for an opened file. */
  readonly id: string | undefined;
  /** The design that runs: with `mutations`, the changed one. */
  readonly design: Design;
  /** Rows of the design that a reviewer changed; absent where it is the design itself. */
  readonly mutations?: readonly Mutation[];
}

/** Whether two setups run alike from their start: their titles and stories may differ. */
export function sameStart(
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
export type Move =
  | { readonly kind: 'step'; readonly task: string }
  | { readonly kind: 'issue'; readonly call: Call; readonly at: number };

/** A node of the trace tree: everything that happened up to here. Immutable; what it leads to is replayed, never stored. */
export interface Moment {
  readonly setup: Setup;
  readonly parent: Moment | undefined;
  /** What led here from the parent; undefined at the root. */
  readonly move: Move | undefined;
  readonly depth: number;
}

/** A line of play through the tree, from the root to its tip. */
export interface Branch {
  readonly id: number;
  readonly name: string;
  readonly tip: Moment;
  /** Where it left its parent; undefined for the first branch. */
  readonly from: { readonly branch: number; readonly depth: number } | undefined;
}

/** The moment before anything happened. */
export function rootMoment(setup: Setup): Moment {
  return { setup, parent: undefined, move: undefined, depth: 0 };
}

/** The moment after `move`. */
export function nextMoment(parent: Moment, move: Move): Moment {
  return { setup: parent.setup, parent, move, depth: parent.depth + 1 };
}

const paths = new WeakMap<Moment, readonly Moment[]>();

/** Every moment from the root to `tip`, by depth. */
export function pathTo(tip: Moment): readonly Moment[] {
  const known = paths.get(tip);
  if (known) return known;
  const path: Moment[] = [];
  for (let at: Moment | undefined = tip; at; at = at.parent) path.push(at);
  path.reverse();
  paths.set(tip, path);
  return path;
}

/** Whether two moves do the same. */
export function sameMove(a: Move | undefined, b: Move | undefined): boolean {
  if (a?.kind === 'step') return b?.kind === 'step' && a.task === b.task;
  if (a?.kind === 'issue') return b?.kind === 'issue' && a.at === b.at && sameCall(a.call, b.call);
  return b === undefined;
}

function sameCall(a: Call, b: Call): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof Call>;
  return [...keys].every((key) => a[key] === b[key]);
}
