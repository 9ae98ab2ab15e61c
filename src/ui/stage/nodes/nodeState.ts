import type { EdgeView, NodeView } from '../../../graph/model/graph';
import { NO_EDGES, type StageInput } from '../stageState';

/** What one node shows. */
export interface NodeState {
  /** Undefined if the node has just disappeared. */
  readonly view: NodeView | undefined;
  readonly outgoingEdges: readonly EdgeView[];
  readonly highlighted: boolean;
  readonly dimmed: boolean;
  readonly touched: boolean;
  /** If touched: the process of the last step. */
  readonly actingProcess: number | undefined;
  /** The last step made it reachable from a file. */
  readonly newlyReachable: boolean;
  /** Part of a deadlock. */
  readonly deadlocked: boolean;
  readonly tabStop: boolean;
  /** The node has received focus, so its controls are in the tab order too. */
  readonly controlsTabbable: boolean;
  readonly selected: boolean;
  /** Program fields that hover highlights in its rows. */
  readonly highlightedFields: readonly number[] | undefined;
}

export function nodeState(state: StageInput, id: string): NodeState {
  const view = state.nodesById.get(id);
  const { hover } = state;
  const selected = view?.name !== undefined && view.name === state.selection;
  return {
    view,
    outgoingEdges: state.outgoingEdges.get(id) ?? NO_EDGES,
    highlighted: state.highlighted.has(id) || state.pointedNode === id,
    dimmed: state.dimUntouched && !selected && !state.undimmed.has(id),
    touched: state.scene.touched.has(id),
    actingProcess: state.scene.touched.has(id) ? state.scene.actingProcess : undefined,
    newlyReachable: state.scene.newlyReachable.nodes.has(id),
    deadlocked: state.scene.waitCycle.has(id),
    controlsTabbable: state.tabStop === id,
    tabStop: (state.tabStop ?? state.nodesInReadingOrder[0]?.id) === id,
    selected,
    highlightedFields:
      hover &&
      hover.fields.length > 0 &&
      view?.objects.some((object) => hover.objects.includes(object))
        ? hover.fields
        : undefined,
  };
}
