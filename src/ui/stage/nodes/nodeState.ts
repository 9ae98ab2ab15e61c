import { badgeRect } from '../../../graph/layout/badgeRect';
import type { EdgeView, NodeView } from '../../../graph/model/graph';
import { layoutBounds } from '../camera/viewport';
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
  /** If selected: how high it can be without covering another node or leaving the graph, px. */
  readonly openHeight: number | undefined;
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
    openHeight: view && selected ? openHeightOf(view, state) : undefined,
    highlightedFields:
      hover &&
      hover.fields.length > 0 &&
      view?.objects.some((object) => hover.objects.includes(object))
        ? hover.fields
        : undefined,
  };
}

/** Between an open node and what is below it, px. */
const OPEN_NODE_GAP = 6;

function openHeightOf(view: NodeView, { nodesInReadingOrder, scene }: StageInput): number {
  const { x, y, width, height } = view.placement;
  const below = nodesInReadingOrder
    .filter((other) => other !== view)
    .flatMap((other) => [other.placement, ...badgeRect(other)])
    .filter((rect) => rect.y >= y + height && rect.x < x + width && x < rect.x + rect.width)
    .map((rect) => rect.y - OPEN_NODE_GAP);
  const bounds = layoutBounds(scene.layout);
  return Math.max(height, Math.min(bounds.y + bounds.height, ...below) - y);
}
