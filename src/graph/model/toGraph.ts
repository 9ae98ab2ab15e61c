import type { Program } from '../../kernel/compiler/program';
import { badgeRect, placeBadges } from '../layout/badgeRect';
import { layOutGraph, withOpenRows, type GraphLayout } from '../layout/graphLayout';
import { isTaskEdge, type EdgeView, type Graph } from './graph';
import type { GraphInput, GraphOptions } from './graphInput';
import { nodeViews, presentNodes } from './nodeViews';
import { objectEdges } from './objectEdges';
import { taskEdges } from './taskEdges';
import { activeObjects } from './viewCache';

/** The graph of one state. The layout fixes every position; the state decides what is visible. */
export function toGraph(
  program: Program,
  state: Int32Array,
  layout: GraphLayout = layOutGraph(program),
  options: GraphOptions = {},
): Graph {
  const input: GraphInput = {
    program,
    state,
    layout,
    options,
    activeObjects: activeObjects(program, state, options.previous, options.events),
  };
  const nodes = placeBadges(nodeViews(input));
  const visible = new Set(nodes.map((node) => node.id));
  const edges = [...objectEdges(input), ...taskEdges(input, nodes.flatMap(badgeRect))].filter(
    (edge) => visible.has(edge.source) && visible.has(edge.target),
  );
  return { nodes, edges: mergeFoldedEdges(edges, layout), zones: layout.zones };
}

/** The layout without the rows that are empty in all of these states. `badges` as in `GraphOptions`. */
export function closeEmptyRows(
  program: Program,
  states: readonly Int32Array[],
  layout: GraphLayout,
  badges?: GraphOptions['badges'],
): GraphLayout {
  return withOpenRows(
    layout,
    states.flatMap((state) => presentNodeIds(program, state, layout, badges)),
  );
}

/** Ids of the nodes of a layout that exist in a state. */
export function presentNodeIds(
  program: Program,
  state: Int32Array,
  layout: GraphLayout,
  badges?: GraphOptions['badges'],
): readonly string[] {
  return presentNodes({
    program,
    state,
    layout,
    options: { badges },
    activeObjects: NO_OBJECTS,
  }).map(({ id }) => id);
}

const NO_OBJECTS: ReadonlySet<number> = new Set();

/** Many members of a folded group may have an edge to one node: keeps one edge per pair of nodes and meaning. */
function mergeFoldedEdges(
  edges: readonly EdgeView[],
  { foldedInto }: GraphLayout,
): readonly EdgeView[] {
  if (foldedInto.size === 0) return edges;
  const known = new Set<string>();
  return edges.flatMap((edge): EdgeView[] => {
    const { source, target, style, label } = edge;
    if (!source.startsWith('fold:') && !target.startsWith('fold:')) return [edge];
    const meaning = isTaskEdge(edge) ? label : style === 'fd' || style === 'fops' ? style : '';
    const id = `${source} ${target} ${meaning}`;
    if (known.has(id)) return [];
    known.add(id);
    return [{ ...edge, id }];
  });
}
