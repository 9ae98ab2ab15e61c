import { useCallback, useRef, useSyncExternalStore } from 'react';
import { useStageStore } from '../stageStore';
import { shareStructure } from '../structuralSharing';
import type { EdgeState } from './edgeState';

/** The state of one edge; re-renders when it changes. */
export function useEdgeState(id: string): EdgeState {
  const { edges } = useStageStore().viewStates;
  return useSyncExternalStore(
    useCallback((listener) => edges.subscribe(id, listener), [edges, id]),
    () => edges.get(id),
  );
}

/** Those of these edges that are not dimmed, or are highlighted. */
export function useUndimmedEdges(ids: readonly string[]): readonly string[] {
  const { subscribe, getState, viewStates } = useStageStore();
  const last = useRef<readonly string[]>([]);
  return useSyncExternalStore(subscribe, () => {
    const { edgesById } = getState();
    last.current = shareStructure(
      last.current,
      ids.filter((id) => {
        if (!edgesById.has(id)) return false;
        const { highlighted, dimmed } = viewStates.edges.get(id);
        return highlighted || !dimmed;
      }),
    );
    return last.current;
  });
}
