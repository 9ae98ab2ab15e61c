import type { Design } from '../../kernel/language/design';
import type { DesignChange } from '../../kernel/language/mutation';
import type { Call } from '../../kernel/language/world';
import type { Scenario } from '../../scenario/format/scenario';
import { memoizeByKey } from './memoize';

/** What a run starts from: a scenario and the design that runs it. */
export interface Setup {
  readonly scenario: Scenario;
  /** Id in the built-in library; undefined for an opened file. */
  readonly libraryId: string | undefined;
  /** The design that runs; if there are `mutations`, the modified one. */
  readonly design: Design;
  /** Modifications of the design; absent for an unmodified design. */
  readonly mutations?: readonly DesignChange[];
  /** The calls of the scenario that the user left to make own calls; absent before that. */
  readonly plannedCalls?: readonly Call[];
  /** The scenario is written on this page: all its edits are one entry of the browser history. */
  readonly isEdited?: true;
}

const NO_CHANGES: readonly DesignChange[] = [];

/** The modifications of the design that a setup runs, none for an unmodified design. Same array for the same setup. */
export function changesOf({
  mutations = NO_CHANGES,
}: Pick<Setup, 'mutations'>): readonly DesignChange[] {
  return mutations;
}

/** Whether two setups have the same behaviour; titles and captions may differ. */
export function sameModelInput(
  a: Pick<Setup, 'scenario' | 'mutations'>,
  b: Pick<Setup, 'scenario' | 'mutations'>,
): boolean {
  const inputText = ({
    scenario: { design, options, world, calls },
    mutations = [],
  }: typeof a): string => JSON.stringify([design, options, world, calls, mutations]);
  return inputText(a) === inputText(b);
}

/** An edge of the trace tree: a task makes one step, or a new call is inserted at index `at` of the call list. */
export type Transition =
  | { readonly kind: 'step'; readonly task: string }
  | { readonly kind: 'issue'; readonly call: Call; readonly at: number };

/** A node of the trace tree. Immutable; its kernel state is replayed, never stored. */
export interface TraceNode {
  readonly setup: Setup;
  readonly parent: TraceNode | undefined;
  /** The edge from the parent; undefined at the root. */
  readonly transition: Transition | undefined;
  readonly depth: number;
}

/** A path through the tree, from the root to its tip. */
export interface Branch {
  readonly id: number;
  readonly name: string;
  readonly tip: TraceNode;
  /** The branch and the depth where it forked; undefined for the first branch. */
  readonly forkedFrom: { readonly branch: number; readonly depth: number } | undefined;
}

/** The initial state of a setup. */
export function rootTraceNode(setup: Setup): TraceNode {
  return { setup, parent: undefined, transition: undefined, depth: 0 };
}

/** A new node below `parent`. */
export function childTraceNode(parent: TraceNode, transition: Transition): TraceNode {
  return { setup: parent.setup, parent, transition, depth: parent.depth + 1 };
}

/** Every node from the root to `tip`; the index is the depth. Same object for the same tip. */
export const pathTo = memoizeByKey((tip: TraceNode): readonly TraceNode[] => {
  const path: TraceNode[] = [];
  for (let node: TraceNode | undefined = tip; node; node = node.parent) path.push(node);
  return path.toReversed();
});

/** Whether two transitions are equal by value. */
export function sameTransition(a: Transition | undefined, b: Transition | undefined): boolean {
  if (a?.kind === 'step') return b?.kind === 'step' && a.task === b.task;
  if (a?.kind === 'issue') return b?.kind === 'issue' && a.at === b.at && sameCall(a.call, b.call);
  return b === undefined;
}

/** Whether two calls have the same caller and arguments. */
export function sameCall(a: Call, b: Call): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof Call>;
  return [...keys].every((key) => a[key] === b[key]);
}
