import type { Program } from '../../kernel/compiler/program';
import type { FoldedGroups } from '../model/groupFolding';
import { layOutGraph, type GraphLayout, type LayoutShape } from './graphLayout';

/** What stages beside one another have in common: the same objects at the same places. */
export interface SharedLayout {
  /** Ids of the only nodes that have room. */
  readonly nodes: ReadonlySet<string>;
  /** The programs of the stages, in the order in which their nodes take places. */
  readonly programs: readonly Program[];
}

/** The layout of one of the programs of `shared`, with room for the nodes of the others. `kept` as in `layOutGraph`. */
export function layOutShared(
  program: Program,
  kept: GraphLayout | undefined,
  folded: FoldedGroups,
  shape: LayoutShape,
  { programs, nodes }: SharedLayout,
): GraphLayout {
  const all = programs.reduce<GraphLayout | undefined>(
    (before, each) => layOutGraph(each, before, folded, shape, nodes),
    kept,
  );
  return layOutGraph(program, all, folded, shape, nodes);
}
