import { nodeIdOf } from '../../graph/model/nodeCatalog';
import { groupByNodeId } from '../../graph/model/groupFolding';
import { playbackSpeed } from '../../session/actions/playback';
import { prefersReducedMotion } from '../../session/actions/reducedMotion';
import { branchPath, currentSnapshot, snapshotAt, type Snapshot } from '../../session/trace/replay';
import type { Session, SessionState } from '../../session/store/session';
import type { Setup } from '../../session/trace/traceTree';
import { requestIdle } from '../schedule';
import { MAX_EFFECT_MS, type Effect, type EffectKind } from './animation/effect';
import { loadedAnimation } from './animation/loadAnimation';
import { layoutFamilyOf, sceneOf, type Scene } from './scene';
import { sceneState } from './sceneState';
import { initialFoldedGroups, setupDefaults, withoutGroup } from './setupDefaults';
import type { SceneState, StageState } from './stageState';
import { NO_EFFECTS, NO_IDS, type StageStore } from './stageStore';

/** Keeps a stage in sync with its session; returns the function that stops it. */
export function syncWithSession(stage: StageStore, session: Session): () => void {
  let prepared: PreparedStep | undefined;
  const prepare = (): void => {
    prepared = prepareNextStep(stage.getState(), session.getState());
  };
  let cancelPrepare: (() => void) | undefined;
  let { selection, hover } = session.getState();
  const update = (state: SessionState): void => {
    const snapshot = currentSnapshot(state);
    const old = stage.getState();
    const setupChanged =
      old.scene.setup !== snapshot.node.setup &&
      (!sameFamily(old.scene.setup, snapshot.node.setup) ||
        old.crowded !== setupDefaults(snapshot).crowded);
    const selectionChanged = state.selection !== selection;
    const hoverChanged = state.hover !== hover;
    ({ selection, hover } = state);
    const folded = setupChanged ? initialFoldedGroups(snapshot) : old.foldedGroups;
    const foldedGroups = selectionChanged
      ? withoutGroup(folded, groupOfObject(snapshot, selection))
      : folded;
    const scene = sceneOf(snapshot, {
      foldedGroups,
      shape: old.shape,
      arrangement: old.arrangement,
      sharedLayout: old.sharedLayout,
    });
    const highlighted = highlightedNodes(state, old.pointedNode, scene);
    // A single setState: each one notifies every node and edge.
    const next: Partial<StageState> = {
      ...(setupChanged ? setupDefaults(snapshot) : {}),
      ...(state.settings.focus === old.dimUntouched
        ? {}
        : { dimUntouched: state.settings.focus, followSteps: true }),
      ...(foldedGroups === old.foldedGroups ? {} : { foldedGroups }),
      ...(scene === old.scene
        ? {}
        : {
            ...(prepared?.fromScene === old.scene && prepared.scene === scene
              ? prepared.sceneState
              : sceneState(scene, old)),
            effects:
              foldedGroups === old.foldedGroups
                ? planStepEffects(old, scene, effectSpeed(state))
                : NO_EFFECTS,
          }),
      ...(setsEqual(highlighted, old.highlighted) ? {} : { highlighted }),
    };
    if (Object.keys(next).length > 0) stage.setState(next);
    else if (selectionChanged || hoverChanged) stage.updateViewStates();
    if (scene === old.scene && cancelPrepare) return;
    cancelPrepare?.();
    cancelPrepare = requestIdle(prepare);
  };
  update(session.getState());
  const unsubscribe = session.subscribe(update);
  return () => {
    unsubscribe();
    cancelPrepare?.();
  };
}

/** The state after the next recorded step, computed while idle to make that step cheaper. */
interface PreparedStep {
  readonly fromScene: Scene;
  readonly scene: Scene;
  readonly sceneState: SceneState;
}

function prepareNextStep(stage: StageState, session: SessionState): PreparedStep | undefined {
  const next = branchPath(session)[session.run.cursor + 1];
  // The session may have opened another setup that the stage has not seen yet.
  if (!next || next.setup !== stage.scene.setup) return undefined;
  const scene = sceneOf(snapshotAt(next), stage);
  return { fromScene: stage.scene, scene, sceneState: sceneState(scene, stage) };
}

/** The group whose folded node contains the object of this name. */
function groupOfObject({ program }: Snapshot, name: string | undefined): string | undefined {
  const groups = groupByNodeId(program);
  const object = program.objects.find((slot) => slot.name === name && groups.has(nodeIdOf(slot)));
  return object && groups.get(nodeIdOf(object));
}

function sameFamily(a: Setup, b: Setup): boolean {
  return layoutFamilyOf(a).key === layoutFamilyOf(b).key;
}

function highlightedNodes(
  state: SessionState,
  pointedNode: string | undefined,
  { layout: { foldedInto } }: Scene,
): ReadonlySet<string> {
  const { hover } = state;
  if (!hover) return NO_IDS;
  const { program } = currentSnapshot(state);
  const ids = hover.objects.flatMap((index) => {
    const object = program.objects[index];
    return object
      ? [foldedInto.get(nodeIdOf(object)) ?? nodeIdOf(object), `node:${object.name}`]
      : [];
  });
  return new Set(pointedNode === undefined ? ids : [...ids, pointedNode]);
}

function setsEqual(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((item) => b.has(item));
}

/** Speed factor of the effects: 1 for single steps; during playback they end well before the next step. */
function effectSpeed(state: SessionState): number {
  return Math.max(1, (MAX_EFFECT_MS * (playbackSpeed(state) ?? 0)) / 800);
}

/** Skipped on a crowded stage: what these animate is visible without motion, too. */
const MINOR_EFFECTS: ReadonlySet<EffectKind> = new Set([
  'alloc',
  'write',
  'count',
  'complete',
  'memoryOrder',
]);

function planStepEffects(
  { scene: before, crowded }: StageState,
  after: Scene,
  speed: number,
): readonly Effect[] {
  const sameModel =
    sameFamily(before.setup, after.setup) && before.setup.design === after.setup.design;
  if (!sameModel || prefersReducedMotion()) return NO_EFFECTS;
  const process = [...after.touched].find((id) => id.startsWith('process:'));
  const effects = loadedAnimation()?.planEffects(before.graph, after.graph, process) ?? NO_EFFECTS;
  return effects.flatMap((effect) =>
    crowded && MINOR_EFFECTS.has(effect.kind)
      ? []
      : [{ ...effect, delay: effect.delay / speed, duration: effect.duration / speed }],
  );
}
