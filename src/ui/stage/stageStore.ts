import type { Node } from '@xyflow/react';
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { branchPath, currentSnapshot, snapshotAt, type Snapshot } from '../../session/trace/replay';
import type { HoverTarget, Session, SessionState } from '../../session/store/session';
import { nodeCatalogOf, nodeIdOf } from '../../graph/model/nodeCatalog';
import { toFlowNodes } from './nodes/toFlowNodes';
import {
  foldedGroupId,
  groupByNodeId,
  NO_FOLDED_GROUPS,
  type FoldedGroups,
} from '../../graph/model/groupFolding';
import { isTaskEdge, type EdgeView, type NodeView } from '../../graph/model/graph';
import { LANES } from '../../graph/layout/lanes';
import type { LayoutShape } from '../../graph/layout/graphLayout';
import { DEFAULT_SHAPE } from './camera/viewport';
import { ViewStates, nodeState, edgeState, type NodeState, type EdgeState } from './viewStates';
import { MAX_EFFECT_MS, type Effect, type EffectKind } from './animation/effect';
import { loadedAnimation } from './animation/loadAnimation';
import { sceneOf, type LayoutOptions, type Scene } from './scene';
import { shareStructure, shareStructureById } from './structuralSharing';
import { requestIdle } from '../requestIdle';

/** What is on one stage. Nodes and edges that a step leaves alone keep their identity, so that only what changed draws itself again. */
export interface StageState {
  readonly scene: Scene;
  readonly nodesInReadingOrder: readonly NodeView[];
  readonly edgeList: readonly EdgeView[];
  /** The nodes for React Flow, which sees of a step only what comes and goes. */
  readonly flowNodes: Node[];
  readonly edgeIds: EdgeIds;
  readonly nodesById: ReadonlyMap<string, NodeView>;
  readonly edgesById: ReadonlyMap<string, EdgeView>;
  /** Edges by the node that they leave. */
  readonly outgoingEdges: ReadonlyMap<string, readonly EdgeView[]>;
  /** Name of what is selected, and what the pointer rests on: as in the session. */
  readonly selection: string | undefined;
  readonly hover: HoverTarget | undefined;
  /** Nodes that hover lights, here or from a list beside the stage. */
  readonly highlighted: ReadonlySet<string>;
  /** The node under the pointer, also where it stands for no object. */
  readonly pointedNode: string | undefined;
  /** The node that Tab comes to. */
  readonly tabStop: string | undefined;
  /** The IOMMU groups of the world. */
  readonly groups: readonly string[];
  /** Those that are shown as one node each. */
  readonly foldedGroups: FoldedGroups;
  /** The shape of the grid: as the room for the stage asks for. */
  readonly shape: LayoutShape;
  /** Dims what the last step did not touch. */
  readonly dimUntouched: boolean;
  /** The camera goes where the steps are: until one has moved it by hand. */
  readonly followSteps: boolean;
  /** More may stand here than can be read at once: the camera comes near. */
  readonly crowded: boolean;
  readonly undimmed: ReadonlySet<string>;
  /** What is to be moved for the last step; empty where nothing may move. */
  readonly effects: readonly Effect[];
}

/** Ids of the edges that are drawn below the nodes and above them. */
interface EdgeIds {
  readonly below: readonly string[];
  readonly above: readonly string[];
}

/** The store, and the looks of its nodes and edges one by one. */
export interface StageStore extends StoreApi<StageState> {
  readonly viewStates: {
    readonly nodes: ViewStates<NodeState>;
    readonly edges: ViewStates<EdgeState>;
  };
}

const NO_EFFECTS: readonly Effect[] = [];
const NO_IDS: ReadonlySet<string> = new Set();
export const NO_EDGES: readonly EdgeView[] = [];
/** With more that may come to stand here, groups start folded, and what a step leaves alone is dimmed from the start. */
const MAX_UNCROWDED_NODES = 64;

/** The stage of a session, at its present frame. */
export function createStageStore(session: Session): StageStore {
  const state = session.getState();
  const frame = currentSnapshot(state);
  const folded = initialFolds(frame);
  const scene = sceneOf(frame, { foldedGroups: folded, shape: DEFAULT_SHAPE });
  const { selection, hover } = state;
  const store = createStore<StageState>(() => ({
    ...sceneState(scene, undefined),
    ...setupDefaults(frame),
    selection,
    hover,
    foldedGroups: folded,
    shape: DEFAULT_SHAPE,
    highlighted: NO_IDS,
    pointedNode: undefined,
    effects: NO_EFFECTS,
  }));
  const nodes = new ViewStates(store.getState(), nodeState);
  const ties = new ViewStates(store.getState(), edgeState);
  store.subscribe((now) => {
    nodes.update(now);
    ties.update(now);
  });
  return { ...store, viewStates: { nodes, edges: ties } };
}

/** Keeps a stage at what its session shows; returns how to stop. */
export function syncWithSession(stage: StageStore, session: Session): () => void {
  let prepared: PreparedStep | undefined;
  const prepare = (): void => {
    prepared = prepareNextStep(stage.getState(), session.getState());
  };
  let rest: (() => void) | undefined;
  const follow = (state: SessionState): void => {
    const frame = currentSnapshot(state);
    const old = stage.getState();
    const opened = old.scene.setup !== frame.node.setup;
    const { selection, hover } = state;
    const folds = opened ? initialFolds(frame) : old.foldedGroups;
    const folded =
      selection === old.selection ? folds : withoutGroup(folds, groupOfObject(frame, selection));
    const scene = sceneOf(frame, { foldedGroups: folded, shape: old.shape });
    const lit = highlightedNodes(state, old.pointedNode, scene);
    // One change for all of it: each change asks everything on the stage.
    const next: Partial<StageState> = {
      ...(opened ? setupDefaults(frame) : {}),
      ...(folded === old.foldedGroups ? {} : { foldedGroups: folded }),
      ...(scene === old.scene
        ? {}
        : {
            ...(prepared?.fromScene === old.scene && prepared.scene === scene
              ? prepared.sceneState
              : sceneState(scene, old)),
            effects:
              folded === old.foldedGroups
                ? planStepEffects(old, scene, effectSpeed(state))
                : NO_EFFECTS,
          }),
      ...(selection === old.selection ? {} : { selection }),
      ...(hover === old.hover ? {} : { hover }),
      ...(setsEqual(lit, old.highlighted) ? {} : { highlighted: lit }),
    };
    if (Object.keys(next).length > 0) stage.setState(next);
    if (scene === old.scene && rest) return;
    rest?.();
    rest = requestIdle(prepare);
  };
  follow(session.getState());
  const stop = session.subscribe(follow);
  return () => {
    stop();
    rest?.();
  };
}

/** What the next recorded move will make of the stage: found while nothing else is to be done, so that the step itself has less to do. */
interface PreparedStep {
  readonly fromScene: Scene;
  readonly scene: Scene;
  readonly sceneState: SceneState;
}

function prepareNextStep(stage: StageState, session: SessionState): PreparedStep | undefined {
  const next = branchPath(session)[session.run.cursor + 1];
  // The room may have changed meanwhile, and the session may be ahead.
  if (!next || next.setup !== stage.scene.setup) return undefined;
  const scene = sceneOf(snapshotAt(next), stage);
  return { fromScene: stage.scene, scene, sceneState: sceneState(scene, stage) };
}

/** Lays the stage out anew; nothing moves by steps then. */
export function relayout(stage: StageStore, session: Session, how: Partial<LayoutOptions>): void {
  const old = stage.getState();
  const { foldedGroups: folded, shape } = {
    foldedGroups: old.foldedGroups,
    shape: old.shape,
    ...how,
  };
  if (folded === old.foldedGroups && shape === old.shape) return;
  const scene = sceneOf(currentSnapshot(session.getState()), { foldedGroups: folded, shape });
  stage.setState({ foldedGroups: folded, shape, effects: NO_EFFECTS, ...sceneState(scene, old) });
}

/** Folds a group, or opens it; the focus that was in it goes on to what stands there now. */
export function setGroupFolded(
  stage: StageStore,
  session: Session,
  group: string,
  closed: boolean,
): void {
  const { foldedGroups: folded, scene, tabStop: active } = stage.getState();
  relayout(stage, session, {
    foldedGroups: closed ? new Set(folded).add(group) : withoutGroup(folded, group),
  });
  if (
    active === undefined ||
    (scene.graph.nodes.some((node) => node.id === active) && stage.getState().nodesById.has(active))
  )
    return;
  const heir = closed ? foldedGroupId(group) : `vfio_group:group ${group}`;
  stage.setState({ tabStop: heir });
  requestAnimationFrame(() =>
    document
      .querySelector<HTMLElement>(`[data-node="${CSS.escape(heir)}"]`)
      ?.focus({ preventScroll: true }),
  );
}

/** What a setup starts with. */
function setupDefaults({
  program,
}: Snapshot): Pick<StageState, 'groups' | 'tabStop' | 'dimUntouched' | 'followSteps' | 'crowded'> {
  const crowd = nodeCatalogOf(program).nodes.length > MAX_UNCROWDED_NODES;
  return {
    groups: [...new Set(program.world.devices.map((device) => device.group))],
    tabStop: undefined,
    dimUntouched: crowd,
    followSteps: true,
    crowded: crowd,
  };
}

function withoutGroup(folded: FoldedGroups, group: string | undefined): FoldedGroups {
  return group !== undefined && folded.has(group)
    ? new Set([...folded].filter((each) => each !== group))
    : folded;
}

/** The group with which an object of this name is folded. */
function groupOfObject({ program }: Snapshot, name: string | undefined): string | undefined {
  const slot = program.objects.find(
    (each) => each.name === name && groupByNodeId(program).has(nodeIdOf(each)),
  );
  return slot && groupByNodeId(program).get(nodeIdOf(slot));
}

/** In a crowd every group starts folded but the first that is called upon. */
function initialFolds({ program }: Snapshot): FoldedGroups {
  if (nodeCatalogOf(program).nodes.length <= MAX_UNCROWDED_NODES) return NO_FOLDED_GROUPS;
  const groups = new Set(program.world.devices.map((device) => device.group));
  const first =
    program.files.find((file) => file.group !== undefined)?.group ??
    program.world.devices[0]?.group ??
    '';
  groups.delete(first);
  return groups;
}

/** Notes the node under the pointer; hover of the session comes from the node itself. */
export function setPointedNode(stage: StageStore, id: string | undefined): void {
  if (stage.getState().pointedNode !== id) stage.setState({ pointedNode: id });
}

/** What follows from the scene alone. */
type SceneState = Pick<
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

function sceneState(scene: Scene, old: StageState | undefined): SceneState {
  const list = shareStructureById(old?.nodesInReadingOrder ?? [], inReadingOrder(scene));
  const ties = shareStructureById(old?.edgeList ?? [], scene.graph.edges);
  return {
    scene,
    nodesInReadingOrder: list,
    edgeList: ties,
    flowNodes: toFlowNodes(list, old?.flowNodes ?? []),
    edgeIds: shareStructure(old?.edgeIds, edgeIdsByLayer(ties)),
    outgoingEdges: groupBySource(ties, old?.outgoingEdges),
    nodesById: new Map(list.map((node) => [node.id, node])),
    edgesById: new Map(ties.map((tie) => [tie.id, tie])),
    undimmed: undimmedNodes(scene, ties),
  };
}

function edgeIdsByLayer(ties: readonly EdgeView[]): EdgeIds {
  return {
    below: ties.flatMap((tie) => (isTaskEdge(tie) ? [] : [tie.id])),
    above: ties.flatMap((tie) => (isTaskEdge(tie) ? [tie.id] : [])),
  };
}

/** How fast effects go: 1 by hand, and at any speed of play they end well before the next step. */
function effectSpeed({ settings }: SessionState): number {
  return settings.playing ? Math.max(1, (MAX_EFFECT_MS * settings.speed) / 800) : 1;
}

/** What says in movement that a value has changed or that a node is new; where the rest is dimmed, that is seen without. */
const MINOR_EFFECTS: ReadonlySet<EffectKind> = new Set([
  'alloc',
  'write',
  'count',
  'complete',
  'order',
]);

function planStepEffects(
  { scene: before, dimUntouched: focus }: StageState,
  after: Scene,
  pace: number,
): readonly Effect[] {
  if (before.setup !== after.setup || matchMedia('(prefers-reduced-motion: reduce)').matches)
    return NO_EFFECTS;
  const actor = [...after.touched].find((id) => id.startsWith('process:'));
  const effects = loadedAnimation()?.planEffects(before.graph, after.graph, actor) ?? NO_EFFECTS;
  return effects.flatMap((effect) =>
    focus && MINOR_EFFECTS.has(effect.kind)
      ? []
      : [{ ...effect, delay: effect.delay / pace, duration: effect.duration / pace }],
  );
}

function groupBySource(
  ties: readonly EdgeView[],
  old: StageState['outgoingEdges'] | undefined,
): StageState['outgoingEdges'] {
  const lists = new Map<string, EdgeView[]>();
  for (const tie of ties) {
    const list = lists.get(tie.source);
    if (list) list.push(tie);
    else lists.set(tie.source, [tie]);
  }
  return new Map(
    [...lists].map(([id, list]): [string, readonly EdgeView[]] => {
      const before = old?.get(id);
      return [
        id,
        before?.length === list.length && list.every((tie, i) => tie === before[i]) ? before : list,
      ];
    }),
  );
}

/** From the top lane to the bottom one, in each from left to right: the order of reading and of Tab. */
function inReadingOrder({ graph }: Scene): readonly NodeView[] {
  const lane = new Map(LANES.map(({ id }, i) => [id, i]));
  const rank = ({ placement: place }: NodeView): number => lane.get(place.lane) ?? 0;
  return graph.nodes.toSorted(
    (a, b) => rank(a) - rank(b) || a.placement.y - b.placement.y || a.placement.x - b.placement.x,
  );
}

/** What the step touched, and the neighbours of that. Where nothing was touched, those who will act: a crowd that is lit whole would turn pale all at once with the first step. */
function undimmedNodes({ graph, touched }: Scene, ties: readonly EdgeView[]): ReadonlySet<string> {
  if (touched.size === 0)
    return new Set(graph.nodes.flatMap((node) => (node.kind === 'process' ? [node.id] : [])));
  const near = new Set(touched);
  for (const { source, target } of ties) {
    if (touched.has(source) && !source.startsWith('process:')) near.add(target);
    if (touched.has(target) && !target.startsWith('fops:')) near.add(source);
  }
  return near;
}

function highlightedNodes(
  state: SessionState,
  pointed: string | undefined,
  { layout: { foldedInto: standIn } }: Scene,
): ReadonlySet<string> {
  const { hover } = state;
  if (!hover) return NO_IDS;
  const { program } = currentSnapshot(state);
  const ids = hover.objects.flatMap((object) => {
    const slot = program.objects[object];
    return slot ? [standIn.get(nodeIdOf(slot)) ?? nodeIdOf(slot), `node:${slot.name}`] : [];
  });
  return new Set(pointed === undefined ? ids : [...ids, pointed]);
}

function setsEqual(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((each) => b.has(each));
}

/** The stage that the components below draw. */
export const StageContext = createContext<StageStore | undefined>(undefined);

/** The stage's store, for what changes it. */
export function useStageStore(): StageStore {
  const stage = useContext(StageContext);
  if (!stage) throw new Error('no StageContext above this component');
  return stage;
}

/** A value derived from the stage; renders again only when it changes. */
export function useStage<T>(select: (state: StageState) => T): T {
  return useStore(useStageStore(), select);
}

/** The looks of what stands on the stage. */
export function useViewStates(): StageStore['viewStates'] {
  return useStageStore().viewStates;
}
