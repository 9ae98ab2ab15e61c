import { useCallback, useEffect, useLayoutEffect, useRef, type RefObject } from 'react';
import { useReactFlow, useStoreApi } from '@xyflow/react';
import { prefersReducedMotion } from '../../../session/actions/reducedMotion';
import { currentSnapshot } from '../../../session/trace/replay';
import type { Rect } from '../../../graph/layout/geometry';
import { maxLayoutSize, type NodePlacement } from '../../../graph/layout/graphLayout';
import { useSessionStore } from '../../useSession';
import type { StageState } from '../stageState';
import { layoutFamilyOf } from '../scene';
import { relayout, useStage, useStageStore } from '../stageStore';
import { shapeFor, sizeClass } from './bestShape';
import { detailLevelAt, MIN_COMPACT_ZOOM } from './detailLevel';
import {
  boundsOf,
  boundsToShow,
  fitViewport,
  isInView,
  panIntoView,
  layoutBounds,
  NARROW_SCREEN_PX,
  zoomToReadable,
  initialViewport,
  MIN_READABLE_ZOOM,
  zoomAboutCenter,
  type Viewport,
} from './viewport';

/** Smaller changes of the stage size, as a fraction, do not refit: captions above the stage vary in height. */
const REFIT_THRESHOLD = 0.1;
/** A layout whose zoom is below this fraction of that of a fresh layout does not fit the stage well. */
const REARRANGE_FACTOR = 0.8;
/** Duration of an automatic move of the view, ms. */
const MOVE_MS = 260;

export interface Camera {
  readonly zoomBy: (factor: number) => void;
  readonly fit: () => void;
  readonly showNode: (id: string) => void;
  /** Shows what the last step touched, and follows the steps again. */
  readonly resumeFollowing: () => void;
  /** The user moved the view: stop moving it automatically. */
  readonly onUserMove: () => void;
}

/**
 * Moves the viewport. It fits the layout on open, and then stays still unless a step touches something that is out of view or,
 * on a crowded stage, too small to read.
 */
export function useCamera(root: RefObject<HTMLElement | null>): Camera {
  const flow = useReactFlow();
  const flowStore = useStoreApi();
  const stage = useStageStore();
  const session = useSessionStore();
  const family = useStage((state) => layoutFamilyOf(state.scene.setup).key);
  const foldedGroups = useStage((state) => state.foldedGroups);
  const shape = useStage((state) => state.shape);
  /** The user has moved the view: no refit on resize, and no automatic zoom. */
  const userMoved = useRef(false);
  const lastFitFoldedGroups = useRef(foldedGroups);

  /** Makes `rect` visible and, on a crowded stage, readable. */
  const show = useCallback(
    (rect: Rect | undefined): void => {
      const {
        transform: [x, y, zoom],
        width,
        height,
      } = flowStore.getState();
      if (!rect || width === 0) return;
      const current: Viewport = { x, y, zoom };
      const screen = { width, height };
      const { crowded, scene } = stage.getState();
      const readable =
        crowded && !userMoved.current
          ? zoomToReadable(current, rect, layoutBounds(scene.layout), screen)
          : current;
      const next =
        panIntoView(
          readable,
          rect,
          screen,
          width < NARROW_SCREEN_PX ? readable.zoom : MIN_COMPACT_ZOOM,
        ) ?? readable;
      if (next !== current)
        void flow.setViewport(next, {
          duration: prefersReducedMotion() ? 0 : MOVE_MS,
        });
    },
    [flow, stage, flowStore],
  );

  /** Shows what the last step touched, its process and its file: all of it if that is legible, else as much as fits. */
  const showTouched = useCallback((): void => {
    const {
      transform: [x, y, current],
      width,
      height,
    } = flowStore.getState();
    const screen = { width, height };
    const placements = touchedPlacements(stage.getState());
    const all = boundsOf(placements);
    if (!userMoved.current && width >= NARROW_SCREEN_PX && placements.length > 0) {
      const { zoom } = fitViewport(all, screen);
      if (zoom >= MIN_COMPACT_ZOOM) return show(all);
    }
    const zoom =
      stage.getState().crowded && !userMoved.current
        ? Math.max(current, MIN_READABLE_ZOOM)
        : current;
    show(boundsToShow(placements, { x, y, zoom }, screen));
  }, [show, stage, flowStore]);

  const showSelected = useCallback((): void => {
    const { selection } = session.getState();
    const { nodesInReadingOrder, pointedNode } = stage.getState();
    const selected =
      selection === undefined
        ? undefined
        : nodesInReadingOrder.find((node) => node.name === selection);
    if (selected && pointedNode !== selected.id) show(selected.placement);
  }, [show, session, stage]);

  /** Shows everything. With `mayRearrange`, lays the graph out afresh if it has grown until it no longer fits the stage well. */
  const fit = useCallback(
    (mayRearrange: boolean, duration = 0): void => {
      const { width, height } = flowStore.getState();
      if (width === 0 || height === 0) return;
      userMoved.current = false;
      const screen = { width, height };
      const { scene, foldedGroups: folded, arrangement } = stage.getState();
      const { program } = currentSnapshot(session.getState());
      const shape = shapeFor(program, folded, screen);
      const fresh = maxLayoutSize(program, folded, shape);
      const freshZoom = fitViewport({ x: 0, y: 0, ...fresh }, screen).zoom;
      const { zoom } = initialViewport(scene.layout, [], screen);
      if (mayRearrange && zoom < freshZoom * REARRANGE_FACTOR)
        relayout(stage, session, { shape, arrangement: arrangement + 1 });
      void flow.setViewport(
        initialViewport(stage.getState().scene.layout, touchedPlacements(stage.getState()), screen),
        { duration: prefersReducedMotion() ? 0 : duration },
      );
    },
    [flow, stage, session, flowStore],
  );

  /** Keeps a graph in view while steps and calls change it. */
  const follow = useCallback((): void => {
    const {
      transform: [x, y, zoom],
      width,
      height,
    } = flowStore.getState();
    const { crowded, nodesInReadingOrder } = stage.getState();
    if (userMoved.current || crowded || width < NARROW_SCREEN_PX) return showTouched();
    const bounds = boundsOf(nodesInReadingOrder.map((node) => node.placement));
    if (isInView({ x, y, zoom }, bounds, { width, height })) return;
    fit(currentSnapshot(session.getState()).issuedCalls.size > 0, MOVE_MS);
  }, [fit, session, showTouched, stage, flowStore]);

  // Fits a new scenario or layout, and fits again after a large resize unless the user has moved the view.
  useLayoutEffect(() => {
    userMoved.current = false;
    const foldsUnchanged = lastFitFoldedGroups.current === foldedGroups;
    lastFitFoldedGroups.current = foldedGroups;
    let fitted = { width: 0, height: 0 };
    let shapedFor: number | undefined;
    const onResize = (): void => {
      const { width, height } = flowStore.getState();
      if (
        width === 0 ||
        (Math.abs(width - fitted.width) <= width * REFIT_THRESHOLD &&
          Math.abs(height - fitted.height) <= height * REFIT_THRESHOLD)
      )
        return;
      fitted = { width, height };
      const { program } = currentSnapshot(session.getState());
      const { foldedGroups: folded } = stage.getState();
      // Another design keeps the shape, so that its objects stay where they are.
      if (sizeClass(fitted) !== shapedFor) {
        shapedFor = sizeClass(fitted);
        relayout(stage, session, { shape: shapeFor(program, folded, fitted) });
      }
      if (userMoved.current) return;
      fit(false);
      // After a resize, return to the current step; after folding, keep the overview of the new layout.
      const { crowded, followSteps } = stage.getState();
      if (foldsUnchanged && crowded && followSteps) showTouched();
    };
    onResize();
    showSelected();
    return flowStore.subscribe(onResize);
  }, [family, foldedGroups, shape, fit, session, showSelected, showTouched, stage, flowStore]);

  useEffect(
    () =>
      stage.subscribe((state, before) => {
        if (
          !state.followSteps ||
          state.scene === before.scene ||
          layoutFamilyOf(state.scene.setup).key !== layoutFamilyOf(before.scene.setup).key ||
          state.foldedGroups !== before.foldedGroups ||
          state.shape !== before.shape
        )
          return;
        // A step that only reads touches nothing but its process: not worth a camera move.
        if (
          state.scene.layout === before.scene.layout &&
          [...state.scene.touched].every((id) => id.startsWith('process:'))
        )
          return;
        follow();
      }),
    [follow, stage],
  );
  useEffect(
    () =>
      session.subscribe((state, before) => {
        // If the selection opened a group, the effect for the new layout shows it.
        if (state.selection !== before.selection && stage.getState().foldedGroups === foldedGroups)
          showSelected();
      }),
    [showSelected, session, stage, foldedGroups],
  );

  // The detail level, for the style sheets. Set on the element directly, so that panning and zooming do not re-render.
  useLayoutEffect(() => {
    let applied = '';
    const applyDetailLevel = (): void => {
      const { level, terse, typeScale } = detailLevelAt(flowStore.getState().transform[2]);
      const key = `${level} ${terse} ${typeScale}`;
      if (applied === key || !root.current) return;
      applied = key;
      root.current.setAttribute('data-detail', level);
      root.current.toggleAttribute('data-terse', terse);
      root.current.style.setProperty('--screen-px', String(typeScale));
    };
    applyDetailLevel();
    return flowStore.subscribe(applyDetailLevel);
  }, [root, flowStore]);

  return {
    fit: useCallback(() => {
      fit(true);
      // The user wants the overview of a crowded stage: the next step must not zoom in again.
      stage.setState(({ crowded }) => ({ followSteps: !crowded }));
    }, [fit, stage]),
    resumeFollowing: useCallback(() => {
      userMoved.current = false;
      stage.setState({ followSteps: true });
      showTouched();
    }, [showTouched, stage]),
    onUserMove: useCallback(() => {
      userMoved.current = true;
      if (stage.getState().followSteps) stage.setState({ followSteps: false });
    }, [stage]),
    showNode: useCallback(
      (id) => show(stage.getState().nodesById.get(id)?.placement),
      [show, stage],
    ),
    zoomBy: useCallback(
      (factor) => {
        const {
          transform: [x, y, zoom],
          width,
          height,
        } = flowStore.getState();
        userMoved.current = true;
        void flow.setViewport(zoomAboutCenter({ x, y, zoom }, factor, { width, height }));
      },
      [flow, flowStore],
    ),
  };
}

/** Placements of the touched nodes and the actors by importance: new nodes, nodes with changed edges, other nodes, the process. */
function touchedPlacements({
  scene,
  nodesById,
  edgeList,
  effects,
}: StageState): readonly NodePlacement[] {
  const allocated = new Set(effects.flatMap(({ kind, node }) => (kind === 'alloc' ? [node] : [])));
  const withChangedEdges = new Set(
    edgeList.filter((edge) => edge.changed).map((edge) => edge.source),
  );
  const rank = (id: string): number =>
    allocated.has(id) ? 0 : id.startsWith('process:') ? 3 : withChangedEdges.has(id) ? 1 : 2;
  return [...new Set([...scene.touched, ...scene.actors])]
    .toSorted((a, b) => rank(a) - rank(b))
    .flatMap((id) => nodesById.get(id)?.placement ?? []);
}
