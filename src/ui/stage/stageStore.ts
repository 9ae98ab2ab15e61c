import type { Node } from '@xyflow/react';
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { branchMoments, currentFrame, frameOf, type Frame } from '../../session/frame';
import type { Hover, Session, SessionState } from '../../session/session';
import { castOf, idOf } from '../../graph/cast';
import { flowNodes } from './flow';
import { foldId, groupsOf, NO_FOLDS, type Folded } from '../../graph/fold';
import { isAct, type EdgeView, type NodeView } from '../../graph/graph';
import { LANES } from '../../graph/lanes';
import type { Shape } from '../../graph/layout';
import { FIRST_SHAPE } from './camera';
import { Looks, nodeLook, tieLook, type NodeLook, type TieLook } from './looks';
import { LONGEST, type Effect, type EffectKind } from './effect';
import { moving } from './moving';
import { sceneOf, type Arrangement, type Scene } from './scene';
import { share, shareById } from './share';
import { whenIdle } from '../whenIdle';

/** What is on one stage. Nodes and edges that a step leaves alone keep their identity, so that only what changed draws itself again. */
export interface StageState {
  readonly scene: Scene;
  readonly list: readonly NodeView[];
  readonly ties: readonly EdgeView[];
  /** The nodes for React Flow, which sees of a step only what comes and goes. */
  readonly flowNodes: Node[];
  readonly tieIds: TieIds;
  readonly nodes: ReadonlyMap<string, NodeView>;
  readonly edges: ReadonlyMap<string, EdgeView>;
  /** Edges by the node that they leave. */
  readonly leaving: ReadonlyMap<string, readonly EdgeView[]>;
  /** Name of what is selected, and what the pointer rests on: as in the session. */
  readonly selection: string | undefined;
  readonly hover: Hover | undefined;
  /** Nodes that hover lights, here or from a list beside the stage. */
  readonly lit: ReadonlySet<string>;
  /** The node under the pointer, also where it stands for no object. */
  readonly pointed: string | undefined;
  /** The node that Tab comes to. */
  readonly active: string | undefined;
  /** The IOMMU groups of the world. */
  readonly groups: readonly string[];
  /** Those that are shown as one node each. */
  readonly folded: Folded;
  /** The shape of the grid: as the room for the stage asks for. */
  readonly shape: Shape;
  /** Dims what the last step did not touch. */
  readonly focus: boolean;
  /** The camera goes where the steps are: until one has moved it by hand. */
  readonly follow: boolean;
  /** More may stand here than can be read at once: the camera comes near. */
  readonly crowd: boolean;
  readonly spotlight: ReadonlySet<string>;
  /** What is to be moved for the last step; empty where nothing may move. */
  readonly effects: readonly Effect[];
}

/** Ids of the edges that are drawn below the nodes and above them. */
interface TieIds {
  readonly below: readonly string[];
  readonly above: readonly string[];
}

/** The store, and the looks of its nodes and edges one by one. */
export interface StageStore extends StoreApi<StageState> {
  readonly looks: { readonly nodes: Looks<NodeLook>; readonly ties: Looks<TieLook> };
}

const NO_EFFECTS: readonly Effect[] = [];
const NOTHING: ReadonlySet<string> = new Set();
export const NO_EDGES: readonly EdgeView[] = [];
/** With more that may come to stand here, groups start folded, and what a step leaves alone is dimmed from the start. */
const CROWD = 64;

/** The stage of a session, at its present frame. */
export function createStage(session: Session): StageStore {
  const state = session.getState();
  const frame = currentFrame(state);
  const folded = foldsAtFirst(frame);
  const scene = sceneOf(frame, { folded, shape: FIRST_SHAPE });
  const { selection, hover } = state;
  const store = createStore<StageState>(() => ({
    ...shown(scene, undefined),
    ...opening(frame),
    selection,
    hover,
    folded,
    shape: FIRST_SHAPE,
    lit: NOTHING,
    pointed: undefined,
    effects: NO_EFFECTS,
  }));
  const nodes = new Looks(store.getState(), nodeLook);
  const ties = new Looks(store.getState(), tieLook);
  store.subscribe((now) => {
    nodes.follow(now);
    ties.follow(now);
  });
  return { ...store, looks: { nodes, ties } };
}

/** Keeps a stage at what its session shows; returns how to stop. */
export function followSession(stage: StageStore, session: Session): () => void {
  let prepared: Prepared | undefined;
  const prepare = (): void => {
    prepared = preparedFor(stage.getState(), session.getState());
  };
  let rest: (() => void) | undefined;
  const follow = (state: SessionState): void => {
    const frame = currentFrame(state);
    const old = stage.getState();
    const opened = old.scene.setup !== frame.moment.setup;
    const { selection, hover } = state;
    const folds = opened ? foldsAtFirst(frame) : old.folded;
    const folded =
      selection === old.selection ? folds : without(folds, groupOfName(frame, selection));
    const scene = sceneOf(frame, { folded, shape: old.shape });
    const lit = litBy(state, old.pointed, scene);
    // One change for all of it: each change asks everything on the stage.
    const next: Partial<StageState> = {
      ...(opened ? opening(frame) : {}),
      ...(folded === old.folded ? {} : { folded }),
      ...(scene === old.scene
        ? {}
        : {
            ...(prepared?.from === old.scene && prepared.scene === scene
              ? prepared.parts
              : shown(scene, old)),
            effects: folded === old.folded ? moved(old, scene, paceOf(state)) : NO_EFFECTS,
          }),
      ...(selection === old.selection ? {} : { selection }),
      ...(hover === old.hover ? {} : { hover }),
      ...(sameSet(lit, old.lit) ? {} : { lit }),
    };
    if (Object.keys(next).length > 0) stage.setState(next);
    if (scene === old.scene && rest) return;
    rest?.();
    rest = whenIdle(prepare);
  };
  follow(session.getState());
  const stop = session.subscribe(follow);
  return () => {
    stop();
    rest?.();
  };
}

/** What the next recorded move will make of the stage: found while nothing else is to be done, so that the step itself has less to do. */
interface Prepared {
  readonly from: Scene;
  readonly scene: Scene;
  readonly parts: Shown;
}

function preparedFor(stage: StageState, session: SessionState): Prepared | undefined {
  const next = branchMoments(session)[session.run.cursor + 1];
  // The room may have changed meanwhile, and the session may be ahead.
  if (!next || next.setup !== stage.scene.setup) return undefined;
  const scene = sceneOf(frameOf(next), stage);
  return { from: stage.scene, scene, parts: shown(scene, stage) };
}

/** Lays the stage out anew; nothing moves by steps then. */
export function arrange(stage: StageStore, session: Session, how: Partial<Arrangement>): void {
  const old = stage.getState();
  const { folded, shape } = { folded: old.folded, shape: old.shape, ...how };
  if (folded === old.folded && shape === old.shape) return;
  const scene = sceneOf(currentFrame(session.getState()), { folded, shape });
  stage.setState({ folded, shape, effects: NO_EFFECTS, ...shown(scene, old) });
}

/** Folds a group, or opens it; the focus that was in it goes on to what stands there now. */
export function fold(stage: StageStore, session: Session, group: string, closed: boolean): void {
  const { folded, scene, active } = stage.getState();
  arrange(stage, session, { folded: closed ? new Set(folded).add(group) : without(folded, group) });
  if (
    active === undefined ||
    (scene.graph.nodes.some((node) => node.id === active) && stage.getState().nodes.has(active))
  )
    return;
  const heir = closed ? foldId(group) : `vfio_group:group ${group}`;
  stage.setState({ active: heir });
  requestAnimationFrame(() =>
    document
      .querySelector<HTMLElement>(`[data-node="${CSS.escape(heir)}"]`)
      ?.focus({ preventScroll: true }),
  );
}

/** What a setup starts with. */
function opening({
  program,
}: Frame): Pick<StageState, 'groups' | 'active' | 'focus' | 'follow' | 'crowd'> {
  const crowd = castOf(program).actors.length > CROWD;
  return {
    groups: [...new Set(program.world.devices.map((device) => device.group))],
    active: undefined,
    focus: crowd,
    follow: true,
    crowd,
  };
}

function without(folded: Folded, group: string | undefined): Folded {
  return group !== undefined && folded.has(group)
    ? new Set([...folded].filter((each) => each !== group))
    : folded;
}

/** The group with which an object of this name is folded. */
function groupOfName({ program }: Frame, name: string | undefined): string | undefined {
  const slot = program.objects.find(
    (each) => each.name === name && groupsOf(program).has(idOf(each)),
  );
  return slot && groupsOf(program).get(idOf(slot));
}

/** In a crowd every group starts folded but the first that is called upon. */
function foldsAtFirst({ program }: Frame): Folded {
  if (castOf(program).actors.length <= CROWD) return NO_FOLDS;
  const groups = new Set(program.world.devices.map((device) => device.group));
  const first =
    program.files.find((file) => file.group !== undefined)?.group ??
    program.world.devices[0]?.group ??
    '';
  groups.delete(first);
  return groups;
}

/** Notes the node under the pointer; hover of the session comes from the node itself. */
export function point(stage: StageStore, id: string | undefined): void {
  if (stage.getState().pointed !== id) stage.setState({ pointed: id });
}

/** What follows from the scene alone. */
type Shown = Pick<
  StageState,
  'scene' | 'list' | 'ties' | 'flowNodes' | 'tieIds' | 'nodes' | 'edges' | 'leaving' | 'spotlight'
>;

function shown(scene: Scene, old: StageState | undefined): Shown {
  const list = shareById(old?.list ?? [], inReadingOrder(scene));
  const ties = shareById(old?.ties ?? [], scene.graph.edges);
  return {
    scene,
    list,
    ties,
    flowNodes: flowNodes(list, old?.flowNodes ?? []),
    tieIds: share(old?.tieIds, tieIdsOf(ties)),
    leaving: bySource(ties, old?.leaving),
    nodes: new Map(list.map((node) => [node.id, node])),
    edges: new Map(ties.map((tie) => [tie.id, tie])),
    spotlight: spotlightOf(scene, ties),
  };
}

function tieIdsOf(ties: readonly EdgeView[]): TieIds {
  return {
    below: ties.flatMap((tie) => (isAct(tie) ? [] : [tie.id])),
    above: ties.flatMap((tie) => (isAct(tie) ? [tie.id] : [])),
  };
}

/** How fast effects go: 1 by hand, and at any speed of play they end well before the next step. */
function paceOf({ settings }: SessionState): number {
  return settings.playing ? Math.max(1, (LONGEST * settings.speed) / 800) : 1;
}

/** What says in movement that a value has changed or that a node is new; where the rest is dimmed, that is seen without. */
const SMALL: ReadonlySet<EffectKind> = new Set(['alloc', 'write', 'count', 'complete', 'order']);

function moved(
  { scene: before, focus }: StageState,
  after: Scene,
  pace: number,
): readonly Effect[] {
  if (before.setup !== after.setup || matchMedia('(prefers-reduced-motion: reduce)').matches)
    return NO_EFFECTS;
  const actor = [...after.touched].find((id) => id.startsWith('process:'));
  const effects = moving()?.planEffects(before.graph, after.graph, actor) ?? NO_EFFECTS;
  return effects.flatMap((effect) =>
    focus && SMALL.has(effect.kind)
      ? []
      : [{ ...effect, delay: effect.delay / pace, duration: effect.duration / pace }],
  );
}

function bySource(
  ties: readonly EdgeView[],
  old: StageState['leaving'] | undefined,
): StageState['leaving'] {
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
  const rank = ({ place }: NodeView): number => lane.get(place.lane) ?? 0;
  return graph.nodes.toSorted(
    (a, b) => rank(a) - rank(b) || a.place.y - b.place.y || a.place.x - b.place.x,
  );
}

/** What the step touched, and the neighbours of that. Where nothing was touched, those who will act: a crowd that is lit whole would turn pale all at once with the first step. */
function spotlightOf({ graph, touched }: Scene, ties: readonly EdgeView[]): ReadonlySet<string> {
  if (touched.size === 0)
    return new Set(graph.nodes.flatMap((node) => (node.kind === 'process' ? [node.id] : [])));
  const near = new Set(touched);
  for (const { source, target } of ties) {
    if (touched.has(source) && !source.startsWith('process:')) near.add(target);
    if (touched.has(target) && !target.startsWith('fops:')) near.add(source);
  }
  return near;
}

function litBy(
  state: SessionState,
  pointed: string | undefined,
  { layout: { standIn } }: Scene,
): ReadonlySet<string> {
  const { hover } = state;
  if (!hover) return NOTHING;
  const { program } = currentFrame(state);
  const ids = hover.objects.flatMap((object) => {
    const slot = program.objects[object];
    return slot ? [standIn.get(idOf(slot)) ?? idOf(slot), `node:${slot.name}`] : [];
  });
  return new Set(pointed === undefined ? ids : [...ids, pointed]);
}

function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
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
export function useLooks(): StageStore['looks'] {
  return useStageStore().looks;
}
