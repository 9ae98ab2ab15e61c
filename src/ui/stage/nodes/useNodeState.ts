import { useCallback, useSyncExternalStore } from 'react';
import type { NodeView } from '../../../graph/model/graph';
import { useStageStore } from '../stageStore';
import type { NodeState } from './nodeState';

/** The state of one node; re-renders when it changes. */
export function useNodeState(id: string): NodeState {
  const { nodes } = useStageStore().viewStates;
  return useSyncExternalStore(
    useCallback((listener) => nodes.subscribe(id, listener), [nodes, id]),
    () => nodes.get(id),
  );
}

/** The view of a node of this kind; undefined if it has just disappeared. */
export function useNodeView<K extends NodeView['kind']>(
  id: string,
  kind: K,
): Extract<NodeView, { kind: K }> | undefined {
  const { view } = useNodeState(id);
  return view?.kind === kind ? (view as Extract<NodeView, { kind: K }>) : undefined;
}
