import { useCallback, useEffect, useLayoutEffect, useRef, type RefObject } from 'react';
import { useReactFlow, useStoreApi } from '@xyflow/react';
import { prefersReducedMotion } from '../../../session/actions/reducedMotion';
import { currentSnapshot } from '../../../session/trace/replay';
import { badgeRect } from '../../../graph/layout/badgeRect';
import type { Rect } from '../../../graph/layout/geometry';
import {
  maxLayoutSize,
  type LayoutShape,
  type NodePlacement,
} from '../../../graph/layout/graphLayout';
import type { NodeView } from '../../../graph/model/graph';
import { useSession, useSessionStore } from '../../useSession';
import type { StageState } from '../stageState';
import { layoutFamilyOf } from '../scene';
import { relayout, useStage, useStageStore } from '../stageStore';
import { shapeFor, sizeClass } from './bestShape';
import type { SharedZoom } from './sharedZoom';
import {
  detailLevelAt,
  MIN_COMPACT_ZOOM,
  MIN_FULL_ZOOM,
  MIN_OVERVIEW_ZOOM,
  stageScale,
} from './detailLevel';
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
  MAX_FIT_ZOOM,
  zoomAboutCenter,
  type Viewport,
} from './viewport';

/** Smaller changes of the stage size, as a fraction, do not refit: captions above the stage vary in height. */
const REFIT_THRESHOLD = 0.1;
/** A layout whose zoom is below this fraction of that of a fresh layout does not fit the stage well. */
const REARRANGE_FACTOR = 0.8;
/** The same after a change of the design, which should leave objects at their places. */
const REARRANGE_FOR_DESIGN_FACTOR = 0.6;
/** The least zoom that stages side by side share while they follow the steps: each has a quarter of the page. */
const MIN_SHARED_ZOOM = 0.6;
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
 * Moves the viewport. It fits the layout on open. With focus on, it then follows the steps: it shows everything if that is
 * readable, else a close-up of what the step touches. With a shared zoom, it does so at that zoom.
 */
export function useCamera(
  root: RefObject<HTMLElement | null>,
  sharedZoom: SharedZoom | undefined,
): Camera {
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
  const presenting = useSession(({ layout }) => layout.presenting);
  const focus = useSession(({ settings }) => settings.focus);
  /** See `stageScale`. */
  const scale = useCallback(
    () => stageScale(presenting, flowStore.getState().width),
    [presenting, flowStore],
  );
  /** The zoom that this stage shares with others; with focus on, not below what is readable. */
  const fixedZoom = useCallback((): number | undefined => {
    if (!sharedZoom || flowStore.getState().width < NARROW_SCREEN_PX) return undefined;
    const zoom = Math.min(MAX_FIT_ZOOM, sharedZoom.get());
    return focus ? Math.max(MIN_SHARED_ZOOM, zoom) : zoom;
  }, [sharedZoom, focus, flowStore]);
  const closeUpZoom = useCallback(() => fixedZoom() ?? MIN_FULL_ZOOM * scale(), [fixedZoom, scale]);
  const smallestZoom = useCallback(
    () => fixedZoom() ?? MIN_COMPACT_ZOOM * scale(),
    [fixedZoom, scale],
  );
  /** Whether the whole graph would be too small to read while following the steps. */
  const needsCloseUp = useCallback((): boolean => {
    const { width, height } = flowStore.getState();
    if (!focus || userMoved.current || width < NARROW_SCREEN_PX) return false;
    const { zoom } = fitViewport(layoutBounds(stage.getState().scene.layout), { width, height });
    return zoom < (fixedZoom() ?? MIN_OVERVIEW_ZOOM * scale());
  }, [focus, scale, fixedZoom, stage, flowStore]);

  /** Makes `rect` visible and, in a close-up, readable. */
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
      const readable = needsCloseUp()
        ? zoomToReadable(
            current,
            rect,
            layoutBounds(stage.getState().scene.layout),
            screen,
            closeUpZoom(),
          )
        : current;
      const next =
        panIntoView(
          readable,
          rect,
          screen,
          width < NARROW_SCREEN_PX ? readable.zoom : smallestZoom(),
        ) ?? readable;
      if (next !== current)
        void flow.setViewport(next, {
          duration: prefersReducedMotion() ? 0 : MOVE_MS,
        });
    },
    [flow, needsCloseUp, closeUpZoom, smallestZoom, stage, flowStore],
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
      if (zoom >= smallestZoom()) return show(all);
    }
    const zoom = needsCloseUp() ? Math.max(current, closeUpZoom()) : current;
    show(boundsToShow(placements, { x, y, zoom }, screen));
  }, [show, needsCloseUp, closeUpZoom, smallestZoom, stage, flowStore]);

  const showSelected = useCallback((): void => {
    const { selection } = session.getState();
    const { nodesInReadingOrder, pointedNode } = stage.getState();
    const selected =
      selection === undefined
        ? undefined
        : nodesInReadingOrder.find((node) => node.name === selection);
    if (selected && pointedNode !== selected.id) show(selected.placement);
  }, [show, session, stage]);

  /** The shape of a layout made afresh, and the zoom that shows all of it. */
  const freshLayout = useCallback((): { readonly shape: LayoutShape; readonly zoom: number } => {
    const { width, height } = flowStore.getState();
    const { program } = currentSnapshot(session.getState());
    const { foldedGroups: folded } = stage.getState();
    const shape = shapeFor(program, folded, { width, height });
    const size = maxLayoutSize(program, folded, shape);
    return { shape, zoom: fitViewport({ x: 0, y: 0, ...size }, { width, height }).zoom };
  }, [session, stage, flowStore]);

  /** Shows everything. Lays the graph out afresh if its zoom is below this fraction of that of a fresh layout. */
  const fit = useCallback(
    (rearrangeFactor: number, duration = 0): void => {
      const { width, height } = flowStore.getState();
      if (width === 0 || height === 0) return;
      userMoved.current = false;
      const screen = { width, height };
      const { scene, arrangement } = stage.getState();
      const { shape, zoom: freshZoom } = freshLayout();
      const { zoom } = initialViewport(scene.layout, [], screen);
      if (zoom < freshZoom * rearrangeFactor)
        relayout(stage, session, { shape, arrangement: arrangement + 1 });
      const touched = touchedPlacements(stage.getState());
      const bounds = layoutBounds(stage.getState().scene.layout);
      const fixed = fixedZoom();
      const whole = initialViewport(
        stage.getState().scene.layout,
        touched,
        screen,
        fixed ?? MAX_FIT_ZOOM * scale(),
      );
      // The process first, unlike for a step: it is what one looks for in each stage.
      void flow.setViewport(
        fixed === undefined
          ? whole
          : zoomToReadable(
              whole,
              boundsToShow(touched.toReversed(), { ...whole, zoom: fixed }, screen) ?? bounds,
              bounds,
              screen,
              fixed,
            ),
        { duration: prefersReducedMotion() ? 0 : duration },
      );
    },
    [flow, stage, session, scale, fixedZoom, freshLayout, flowStore],
  );

  /** Keeps a graph in view while steps, calls and another design change it; `moved`: rows have opened or closed. */
  const follow = useCallback(
    (moved: boolean, otherDesign: boolean): void => {
      const {
        transform: [x, y, zoom],
        width,
        height,
      } = flowStore.getState();
      const { nodesInReadingOrder, scene } = stage.getState();
      const hasOwnCalls = currentSnapshot(session.getState()).issuedCalls.size > 0;
      const mayRearrange = hasOwnCalls || otherDesign;
      if (
        userMoved.current ||
        width < NARROW_SCREEN_PX ||
        (needsCloseUp() &&
          scene.touched.size > 0 &&
          !(mayRearrange && freshLayout().zoom >= MIN_OVERVIEW_ZOOM * scale()))
      )
        return showTouched();
      const bounds = boundsOf(nodesInReadingOrder.map((node) => node.placement));
      if (!moved && isInView({ x, y, zoom }, bounds, { width, height })) return;
      fit(hasOwnCalls ? REARRANGE_FACTOR : otherDesign ? REARRANGE_FOR_DESIGN_FACTOR : 0, MOVE_MS);
    },
    [fit, freshLayout, needsCloseUp, scale, session, showTouched, stage, flowStore],
  );

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
      const size = maxLayoutSize(program, folded, stage.getState().shape);
      sharedZoom?.report(stage, fitViewport({ x: 0, y: 0, ...size }, fitted).zoom);
      if (userMoved.current) return;
      fit(REARRANGE_FOR_DESIGN_FACTOR);
      // After a resize, return to the current step; after folding, keep the overview of the new layout.
      const { followSteps, scene } = stage.getState();
      const isLegible = flowStore.getState().transform[2] >= MIN_COMPACT_ZOOM * scale();
      if (
        needsCloseUp() &&
        (!isLegible || (foldsUnchanged && followSteps && scene.touched.size > 0))
      )
        showTouched();
    };
    onResize();
    showSelected();
    return flowStore.subscribe(onResize);
  }, [
    family,
    foldedGroups,
    shape,
    fit,
    needsCloseUp,
    scale,
    session,
    showSelected,
    showTouched,
    sharedZoom,
    stage,
    flowStore,
  ]);
  useEffect(() => {
    const unsubscribe = sharedZoom?.subscribe(() => {
      if (!userMoved.current) fit(0);
    });
    return unsubscribe;
  }, [sharedZoom, fit]);
  useEffect(() => () => sharedZoom?.report(stage, undefined), [sharedZoom, stage]);

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
        follow(
          state.scene.layout !== before.scene.layout,
          state.scene.setup.design !== before.scene.setup.design,
        );
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
      const { level, terse, chipFields, typeScale } = detailLevelAt(
        flowStore.getState().transform[2] / scale(),
      );
      const key = `${level} ${terse} ${chipFields} ${typeScale}`;
      if (applied === key || !root.current) return;
      applied = key;
      root.current.setAttribute('data-detail', level);
      root.current.toggleAttribute('data-terse', terse);
      root.current.toggleAttribute('data-chip-fields', chipFields);
      root.current.style.setProperty('--screen-px', String(typeScale));
    };
    applyDetailLevel();
    return flowStore.subscribe(applyDetailLevel);
  }, [root, scale, flowStore]);

  return {
    fit: useCallback(() => {
      fit(REARRANGE_FACTOR);
      // The user wants the overview: the next step must not zoom in again.
      stage.setState({ followSteps: !needsCloseUp() });
    }, [fit, needsCloseUp, stage]),
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

/** The placement of a node, extended by the height of its badge. */
function withBadge(node: NodeView): NodePlacement {
  const { placement } = node;
  const [badge] = badgeRect(node);
  if (!badge) return placement;
  const y = Math.min(placement.y, badge.y);
  const bottom = Math.max(placement.y + placement.height, badge.y + badge.height);
  return { ...placement, y, height: bottom - y };
}

/** Placements of the touched nodes and the actors by importance: new nodes, nodes with changed edges, other nodes, the process.
 * Before the first step, those of the processes and devices. */
function touchedPlacements({
  scene,
  nodesById,
  edgeList,
  effects,
  undimmed,
}: StageState): readonly NodePlacement[] {
  const allocated = new Set(effects.flatMap(({ kind, node }) => (kind === 'alloc' ? [node] : [])));
  const withChangedEdges = new Set(
    edgeList.filter((edge) => edge.changed).map((edge) => edge.source),
  );
  const rank = (id: string): number =>
    allocated.has(id) ? 0 : id.startsWith('process:') ? 3 : withChangedEdges.has(id) ? 1 : 2;
  const shown = scene.touched.size > 0 ? [...scene.touched, ...scene.actors] : undimmed;
  return [...new Set(shown)]
    .toSorted((a, b) => rank(a) - rank(b))
    .flatMap((id) => {
      const node = nodesById.get(id);
      return node ? [withBadge(node)] : [];
    });
}
