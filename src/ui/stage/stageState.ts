import type { Node } from '@xyflow/react';
import type { EdgeView, NodeView } from '../../graph/model/graph';
import type { FoldedGroups } from '../../graph/model/groupFolding';
import type { SharedLayout } from '../../graph/layout/sharedLayout';
import type { LayoutShape } from '../../graph/layout/graphLayout';
import type { SessionState } from '../../session/store/session';
import type { Effect } from './animation/effect';
import type { Scene } from './scene';

/** What one stage shows. Nodes and edges that a step does not change keep their identity, so that only changed ones re-render. */
export interface StageState {
  readonly scene: Scene;
  readonly nodesInReadingOrder: readonly NodeView[];
  readonly edgeList: readonly EdgeView[];
  /** React Flow's nodes. They hold no step data: React Flow only sees nodes appear, move and disappear. */
  readonly flowNodes: Node[];
  readonly edgeIds: EdgeIds;
  readonly nodesById: ReadonlyMap<string, NodeView>;
  readonly edgesById: ReadonlyMap<string, EdgeView>;
  /** Edges by source node. */
  readonly outgoingEdges: ReadonlyMap<string, readonly EdgeView[]>;
  /** Nodes highlighted by hover, on the stage or in a panel. */
  readonly highlighted: ReadonlySet<string>;
  /** The node under the pointer, even if it represents no object. */
  readonly pointedNode: string | undefined;
  /** The node with `tabIndex` 0 (roving tabindex). */
  readonly tabStop: string | undefined;
  /** IOMMU groups of the world. */
  readonly groups: readonly string[];
  readonly foldedGroups: FoldedGroups;
  /** Shape of the grid, chosen to fit the size of the stage. */
  readonly shape: LayoutShape;
  /** See `LayoutOptions`. */
  readonly arrangement: number;
  readonly sharedLayout: SharedLayout | undefined;
  /** Focus is on: what the last step did not touch is dimmed. */
  readonly dimUntouched: boolean;
  /** The camera follows the steps. Off once the user moves the view. */
  readonly followSteps: boolean;
  /** The world may have more nodes than are readable at once: it opens with folded groups. */
  readonly crowded: boolean;
  readonly undimmed: ReadonlySet<string>;
  /** Animations of the last step; empty if animation is off. */
  readonly effects: readonly Effect[];
}

/** What the view states of nodes and edges derive from: the stage, and the selection and hover of the session. */
export type StageInput = StageState & Pick<SessionState, 'selection' | 'hover'>;

/** Edge ids by layer: below the nodes and above them. */
export interface EdgeIds {
  readonly below: readonly string[];
  readonly above: readonly string[];
}

/** The part of the state that is derived from the scene. */
export type SceneState = Pick<
  StageState,
  | 'scene'
  | 'nodesInReadingOrder'
  | 'edgeList'
  | 'flowNodes'
  | 'edgeIds'
  | 'nodesById'
  | 'edgesById'
  | 'outgoingEdges'
  | 'undimmed'
>;

export const NO_EDGES: readonly EdgeView[] = [];
