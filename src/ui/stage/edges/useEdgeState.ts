import { useCallback, useRef, useSyncExternalStore } from 'react';
import type { EdgeView } from '../../../graph/model/graph';
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

/** One edge; re-renders only when the edge itself changes. */
export function useEdge(id: string): EdgeView | undefined {
  const { edges } = useStageStore().viewStates;
  return useSyncExternalStore(
    useCallback((listener) => edges.subscribe(id, listener), [edges, id]),
    () => edges.get(id).edge,
  );
}

/** Those of these edges whose state passes the test. */
export function useEdgesThat(
  test: (state: EdgeState) => boolean,
  ids: readonly string[],
): readonly string[] {
  const { subscribe, getState, viewStates } = useStageStore();
  const last = useRef<readonly string[]>([]);
  return useSyncExternalStore(subscribe, () => {
    const { edgesById } = getState();
    last.current = shareStructure(
      last.current,
      ids.filter((id) => edgesById.has(id) && test(viewStates.edges.get(id))),
    );
    return last.current;
  });
}
