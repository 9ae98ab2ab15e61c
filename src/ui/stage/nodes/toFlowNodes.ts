import type { Node } from '@xyflow/react';
import type { NodeView } from '../../../graph/model/graph';
import type { NodePlacement } from '../../../graph/layout/graphLayout';

const NO_DATA: Record<string, unknown> = {};
const NO_HANDLES: NonNullable<Node['handles']> = [];
/** Wrapping elements of React Flow: nodes are items of the list. */
const LIST_ITEM_ATTRIBUTES = { role: 'listitem', 'aria-roledescription': undefined } as const;

/** React Flow's nodes for what is shown; those of `old` stay while their place is the same, for what a node shows it reads by its id. */
export function toFlowNodes(list: readonly NodeView[], old: Node[]): Node[] {
  const known = new Map(old.map((node) => [node.id, node]));
  const next = list.map((view) => {
    const node = known.get(view.id);
    return node && samePlace(node, view.placement) ? node : toFlowNode(view);
  });
  return next.length === old.length && next.every((each, i) => each === old[i]) ? old : next;
}

/** Nothing of it is left to be measured. */
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

function samePlace({ position, width, height }: Node, place: NodePlacement): boolean {
  return (
    position.x === place.x &&
    position.y === place.y &&
    width === place.width &&
    height === place.height
  );
}
