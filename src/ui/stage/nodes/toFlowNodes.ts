import type { Node } from '@xyflow/react';
import type { NodeView } from '../../../graph/model/graph';
import type { NodePlacement } from '../../../graph/layout/graphLayout';

const NO_DATA: Record<string, unknown> = {};
const NO_HANDLES: NonNullable<Node['handles']> = [];
/** For React Flow's wrapper elements: the nodes are items of a list. */
const LIST_ITEM_ATTRIBUTES = { role: 'listitem', 'aria-roledescription': undefined } as const;

/** React Flow's nodes. A node keeps its identity while its placement is unchanged: its component reads the rest by id. */
export function toFlowNodes(views: readonly NodeView[], old: Node[]): Node[] {
  const oldById = new Map(old.map((node) => [node.id, node]));
  const next = views.map((view) => {
    const node = oldById.get(view.id);
    return node && hasPlacement(node, view.placement) ? node : toFlowNode(view);
  });
  return next.length === old.length && next.every((node, i) => node === old[i]) ? old : next;
}

/** Sizes and handles are given, so that React Flow does not measure the node. */
function toFlowNode({ id, kind, placement: { x, y, width, height } }: NodeView): Node {
  return {
    id,
    type: kind,
    position: { x, y },
    width,
    height,
    measured: { width, height },
    handles: NO_HANDLES,
    data: NO_DATA,
    domAttributes: LIST_ITEM_ATTRIBUTES,
  };
}

function hasPlacement({ position, width, height }: Node, placement: NodePlacement): boolean {
  return (
    position.x === placement.x &&
    position.y === placement.y &&
    width === placement.width &&
    height === placement.height
  );
}
