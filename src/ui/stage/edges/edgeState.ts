import type { EdgeView } from '../../../graph/model/graph';
import type { StageInput, StageState } from '../stageState';

/** What one edge shows. */
export interface EdgeState {
  /** Undefined if the edge has just disappeared. */
  readonly edge: EdgeView | undefined;
  readonly highlighted: boolean;
  readonly dimmed: boolean;
  readonly newlyReachable: boolean;
}

export function edgeState(state: StageInput, id: string): EdgeState {
  const edge = state.edgesById.get(id);
  if (!edge) return { edge, highlighted: false, dimmed: false, newlyReachable: false };
  const { source, target } = edge;
  const selected =
    state.selection !== undefined &&
    [source, target, nameOfId(source), nameOfId(target)].includes(state.selection);
  return {
    edge,
    highlighted: selected || isHighlighted(state, edge),
    dimmed:
      state.scene.waitCycle.size > 0
        ? !edge.inCycle
        : state.dimUntouched && !(state.undimmed.has(source) && state.undimmed.has(target)),
    newlyReachable: state.scene.newlyReachable.edges.has(id),
  };
}

/** With a node under the pointer, its own edges; otherwise edges with both ends highlighted. */
function isHighlighted(
  { highlighted, pointedNode }: StageState,
  { source, target }: EdgeView,
): boolean {
  if (pointedNode !== undefined) return pointedNode === source || pointedNode === target;
  return highlighted.has(source) && highlighted.has(target);
}

/** The name in a node id such as `vfio_device:vfio0`. */
function nameOfId(id: string): string {
  return id.slice(id.indexOf(':') + 1);
}
