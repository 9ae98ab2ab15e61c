import { Position, type Edge, type Node } from '@xyflow/react';
import type { EdgeView, NodeView } from '../../graph/graph';
import type { Place } from '../../graph/layout';

const NOTHING: Record<string, unknown> = {};
/** Wrapping elements of React Flow: nodes are items of the list, edges are told by the nodes that they leave. */
const ITEM = { role: 'listitem', 'aria-roledescription': undefined } as const;
const SILENT = { role: 'presentation', 'aria-hidden': true, 'aria-roledescription': undefined, 'aria-label': undefined } as const;

/** Drawn over the nodes: who waits for whom must be seen. */
const ABOVE: ReadonlySet<EdgeView['style']> = new Set(['wait', 'hold']);

/** React Flow's nodes for what is shown; those of `old` stay while their place is the same, for what a node shows it reads by its id. */
export function flowNodes(list: readonly NodeView[], old: Node[]): Node[] {
  const known = new Map(old.map(node => [node.id, node]));
  return unlessSame(old, list.map(view => {
    const node = known.get(view.id);
    return node && samePlace(node, view.place) ? node : flowNode(view);
  }));
}

function flowNode({ id, kind, place: { x, y, width, height } }: NodeView): Node {
  const handle = { x: width / 2, y: height / 2, width: 1, height: 1, position: Position.Bottom };
  return {
    id, type: kind, position: { x, y }, width, height, measured: { width, height }, data: NOTHING,
    handles: [{ ...handle, type: 'source' }, { ...handle, type: 'target' }],
    domAttributes: ITEM,
  };
}

/** React Flow's edges; those of `old` stay while their ends are the same. */
export function flowEdges(list: readonly EdgeView[], old: Edge[]): Edge[] {
  const known = new Map(old.map(edge => [edge.id, edge]));
  return unlessSame(old, list.map(({ id, source, target, style }): Edge => {
    const edge = known.get(id);
    return edge?.source === source && edge.target === target ? edge : { id, source, target, type: 'tie', data: NOTHING, domAttributes: SILENT, zIndex: ABOVE.has(style) ? 1 : 0 };
  }));
}

function unlessSame<T>(old: T[], next: T[]): T[] {
  return next.length === old.length && next.every((each, i) => each === old[i]) ? old : next;
}

function samePlace({ position, width, height }: Node, place: Place): boolean {
  return position.x === place.x && position.y === place.y && width === place.width && height === place.height;
}
