import { isTaskEdge, type EdgeView, type NodeView } from '../../graph/model/graph';
import { LANES } from '../../graph/layout/lanes';
import { toFlowNodes } from './nodes/toFlowNodes';
import type { Scene } from './scene';
import type { EdgeIds, SceneState, StageState } from './stageState';
import { shareStructure, shareStructureById } from './structuralSharing';

/** Derives the state of a scene; parts that equal those of `old` keep their identity. */
export function sceneState(scene: Scene, old: StageState | undefined): SceneState {
  const nodes = shareStructureById(old?.nodesInReadingOrder ?? [], inReadingOrder(scene));
  const edges = shareStructureById(old?.edgeList ?? [], scene.graph.edges);
  return {
    scene,
    nodesInReadingOrder: nodes,
    edgeList: edges,
    flowNodes: toFlowNodes(nodes, old?.flowNodes ?? []),
    edgeIds: shareStructure(old?.edgeIds, edgeIdsByLayer(edges)),
    outgoingEdges: groupBySource(edges, old?.outgoingEdges),
    nodesById: new Map(nodes.map((node) => [node.id, node])),
    edgesById: new Map(edges.map((edge) => [edge.id, edge])),
    undimmed: undimmedNodes(scene, edges),
  };
}

/** Top lane to bottom lane, each row from left to right: the order of reading and of focus. */
function inReadingOrder({ graph }: Scene): readonly NodeView[] {
  const laneIndex = new Map(LANES.map(({ id }, i) => [id, i]));
  const rank = ({ placement }: NodeView): number => laneIndex.get(placement.lane) ?? 0;
  return graph.nodes.toSorted(
    (a, b) => rank(a) - rank(b) || a.placement.y - b.placement.y || a.placement.x - b.placement.x,
  );
}

function edgeIdsByLayer(edges: readonly EdgeView[]): EdgeIds {
  return {
    below: edges.flatMap((edge) => (isTaskEdge(edge) ? [] : [edge.id])),
    above: edges.flatMap((edge) => (isTaskEdge(edge) ? [edge.id] : [])),
  };
}

function groupBySource(
  edges: readonly EdgeView[],
  old: StageState['outgoingEdges'] | undefined,
): StageState['outgoingEdges'] {
  const lists = new Map<string, EdgeView[]>();
  for (const edge of edges) {
    const list = lists.get(edge.source);
    if (list) list.push(edge);
    else lists.set(edge.source, [edge]);
  }
  return new Map(
    [...lists].map(([id, list]): [string, readonly EdgeView[]] => {
      const before = old?.get(id);
      const unchanged =
        before?.length === list.length && list.every((edge, i) => edge === before[i]);
      return [id, unchanged ? before : list];
    }),
  );
}

/**
 * What the step touched, its neighbours, the file of the call, and what a task waits for, with its holder. Before the first step, the processes and devices: if everything were undimmed,
 * the whole stage would fade with the first step.
 */
function undimmedNodes(
  { graph, touched, actors }: Scene,
  edges: readonly EdgeView[],
): ReadonlySet<string> {
  if (touched.size === 0)
    return new Set(
      graph.nodes.flatMap(({ id, kind }) =>
        kind === 'process' || id.startsWith('vfio_device:') ? [id] : [],
      ),
    );
  const undimmed = new Set([...touched, ...actors]);
  for (const edge of edges) {
    const { source, target } = edge;
    if (isTaskEdge(edge)) undimmed.add(source).add(target);
    if (touched.has(source) && !source.startsWith('process:')) undimmed.add(target);
    if (touched.has(target) && !target.startsWith('fops:')) undimmed.add(source);
  }
  return undimmed;
}
