import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { SharedLayout } from '../../graph/layout/sharedLayout';
import { foldedGroupId } from '../../graph/model/groupFolding';
import { currentSnapshot } from '../../session/trace/replay';
import type { Session } from '../../session/store/session';
import type { Effect } from './animation/effect';
import { shapeFor } from './camera/bestShape';
import type { PixelSize } from './camera/viewport';
import { edgeState, type EdgeState } from './edges/edgeState';
import { focusNode } from '../controls/focusNode';
import { nodeState, type NodeState } from './nodes/nodeState';
import { sceneOf, type LayoutOptions } from './scene';
import { sceneState } from './sceneState';
import { initialFoldedGroups, setupDefaults, withoutGroup } from './setupDefaults';
import type { StageInput, StageState } from './stageState';
import { ViewStates } from './viewStates';

/** The store of a stage, and the view states of its nodes and edges. */
export interface StageStore extends StoreApi<StageState> {
  readonly viewStates: {
    readonly nodes: ViewStates<StageInput, NodeState>;
    readonly edges: ViewStates<StageInput, EdgeState>;
  };
  /** Recomputes the view states after the selection or the hover of the session has changed. */
  readonly updateViewStates: () => void;
}

export const NO_EFFECTS: readonly Effect[] = [];
export const NO_IDS: ReadonlySet<string> = new Set();

/** A stage of this size at the session's current snapshot; for the others see `LayoutOptions`. */
export function createStageStore(
  session: Session,
  size: PixelSize,
  arrangement = 0,
  sharedLayout?: SharedLayout,
): StageStore {
  const state = session.getState();
  const snapshot = currentSnapshot(state);
  const foldedGroups = initialFoldedGroups(snapshot);
  const shape = shapeFor(snapshot.program, foldedGroups, size, sharedLayout);
  const scene = sceneOf(snapshot, { foldedGroups, shape, arrangement, sharedLayout });
  const store = createStore<StageState>(() => ({
    ...sceneState(scene, undefined),
    ...setupDefaults(snapshot),
    dimUntouched: state.settings.focus,
    foldedGroups,
    shape,
    arrangement,
    sharedLayout,
    highlighted: NO_IDS,
    pointedNode: undefined,
    effects: NO_EFFECTS,
  }));
  const input = (): StageInput => {
    const { selection, hover } = session.getState();
    return { ...store.getState(), selection, hover };
  };
  const nodes = new ViewStates(input(), nodeState);
  const edges = new ViewStates(input(), edgeState);
  const updateViewStates = (): void => {
    const next = input();
    nodes.update(next);
    edges.update(next);
  };
  store.subscribe(updateViewStates);
  return { ...store, viewStates: { nodes, edges }, updateViewStates };
}

/** Applies other folded groups or another shape, without animation. */
export function relayout(
  stage: StageStore,
  session: Session,
  options: Partial<Omit<LayoutOptions, 'sharedLayout'>>,
): void {
  const old = stage.getState();
  const { foldedGroups, shape, arrangement } = {
    foldedGroups: old.foldedGroups,
    shape: old.shape,
    arrangement: old.arrangement,
    ...options,
  };
  if (foldedGroups === old.foldedGroups && shape === old.shape && arrangement === old.arrangement)
    return;
  const layout = { foldedGroups, shape, arrangement };
  const scene = sceneOf(currentSnapshot(session.getState()), {
    ...layout,
    sharedLayout: old.sharedLayout,
  });
  stage.setState({ ...layout, effects: NO_EFFECTS, ...sceneState(scene, old) });
}

/** Folds or opens a group. If the focused node disappears, focus moves to the node that replaces it. */
export function setGroupFolded(
  stage: StageStore,
  session: Session,
  group: string,
  folded: boolean,
): void {
  const { foldedGroups, scene, tabStop } = stage.getState();
  relayout(stage, session, {
    foldedGroups: folded ? new Set(foldedGroups).add(group) : withoutGroup(foldedGroups, group),
  });
  if (
    tabStop === undefined ||
    (scene.graph.nodes.some((node) => node.id === tabStop) &&
      stage.getState().nodesById.has(tabStop))
  )
    return;
  const replacement = folded ? foldedGroupId(group) : `vfio_group:group ${group}`;
  stage.setState({ tabStop: replacement });
  requestAnimationFrame(() => focusNode(replacement));
}

/** Records the node under the pointer. The node itself sets the session's hover. */
export function setPointedNode(stage: StageStore, id: string | undefined): void {
  if (stage.getState().pointedNode !== id) stage.setState({ pointedNode: id });
}

export const StageContext = createContext<StageStore | undefined>(undefined);

export function useStageStore(): StageStore {
  const stage = useContext(StageContext);
  if (!stage)
    throw new Error(
      'useStageStore: expected a StageContext provider above this component, got none',
    );
  return stage;
}

/** A value derived from the stage state; re-renders when it changes. */
export function useStage<T>(select: (state: StageState) => T): T {
  return useStore(useStageStore(), select);
}
