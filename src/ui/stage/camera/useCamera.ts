import { useCallback, useEffect, useLayoutEffect, useRef, type RefObject } from 'react';
import { useReactFlow, useStoreApi } from '@xyflow/react';
import { prefersReducedMotion } from '../../../session/actions/reducedMotion';
import { currentSnapshot } from '../../../session/trace/replay';
import type { Rect } from '../../../graph/layout/geometry';
import type { LayoutShape } from '../../../graph/layout/graphLayout';
import { useSession, useSessionStore } from '../../useSession';
import { layoutFamilyOf } from '../scene';
import { relayout, useStage, useStageStore } from '../stageStore';
import { freshLayoutSize, shapeFor, sizeClass } from './bestShape';
import { detailLevelAt, stageScale } from './detailLevel';
import { presentedFraming } from './presentedView';
import { boundsOfStep, touchedPlacements, viewportFor, zoomLimitsFor } from './stepView';
import {
  boundsOf,
  boundsToShow,
  fitViewport,
  isInView,
  layoutBounds,
  panIntoView,
  NARROW_SCREEN_PX,
  initialViewport,
  MAX_FIT_ZOOM,
  zoomAboutCenter,
  type PixelSize,
  type Viewport,
} from './viewport';

/** Smaller changes of the stage size, as a fraction, do not refit: captions above the stage vary in height. */
const REFIT_THRESHOLD = 0.1;
/** A layout whose zoom is below this fraction of that of a fresh layout does not fit the stage well. */
const REARRANGE_FACTOR = 0.8;
/** The same after a change of the design, which should leave objects at their places. */
const REARRANGE_FOR_DESIGN_FACTOR = 0.6;
/** Height of the second line of a badge in a presentation, at scale 1. */
const SECOND_LINE_PX = 16;
/** Duration of an automatic move of the view, ms. */
const MOVE_MS = 260;
/** On a crowded stage, steps that follow each other faster than this do not zoom in, ms: each zoom restyles and rasterizes every node. */
const REST_MS = 700;

export interface Camera {
  readonly zoomBy: (factor: number) => void;
  readonly fit: () => void;
  readonly showNode: (id: string) => void;
  /** Shows what the last step touched, and follows the steps again. */
  readonly resumeFollowing: () => void;
  /** A press or a turn of the wheel has ended the move that was under way. */
  readonly onInterrupt: () => void;
  /** The user moved the view: stop moving it automatically. */
  readonly onUserMove: () => void;
}

/**
 * Moves the viewport. It fits the layout on open. With focus on, it then follows the steps: it shows everything if that is
 * readable, else a close-up of what the step touches.
 */
export function useCamera(root: RefObject<HTMLElement | null>, sideBySide: boolean): Camera {
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
  /** A stage on a phone shows the width of the graph and scrolls. One of several is too low for that. */
  const isNarrow = useCallback(
    () => !sideBySide && flowStore.getState().width < NARROW_SCREEN_PX,
    [sideBySide, flowStore],
  );
  /** Where things can be shown: in a presentation not where a badge of two lines below the last row would end. */
  const screenSize = useCallback((): PixelSize => {
    const { width, height } = flowStore.getState();
    return { width, height: Math.max(0, height - (presenting ? SECOND_LINE_PX * scale() : 0)) };
  }, [presenting, scale, flowStore]);
  const zoomLimits = useCallback(
    () => zoomLimitsFor(scale(), { sideBySide, presenting, narrow: isNarrow() }),
    [sideBySide, presenting, isNarrow, scale],
  );
  /** Whether the whole graph would be too small to read while following the steps. */
  const needsCloseUp = useCallback((): boolean => {
    const { width, height } = screenSize();
    if (!focus || userMoved.current || isNarrow()) return false;
    const { zoom } = fitViewport(layoutBounds(stage.getState().scene.layout), { width, height });
    return zoom < zoomLimits().overview;
  }, [focus, isNarrow, zoomLimits, stage, screenSize]);

  /** Where an automatic move of the view goes to, until it is there. */
  const destination = useRef<Viewport>(undefined);
  /** The viewport, after the move that is under way. */
  const viewportNow = useCallback((): Viewport => {
    const [x, y, zoom] = flowStore.getState().transform;
    return destination.current ?? { x, y, zoom };
  }, [flowStore]);
  /** Sets the detail level, for the style sheets. On the element directly, so that panning and zooming do not re-render. */
  const appliedDetail = useRef('');
  const applyDetailLevel = useCallback((): void => {
    const { level, chipFields, typeScale, ...detail } = detailLevelAt(viewportNow().zoom / scale());
    // Stages side by side have the same words at every zoom.
    const terse = sideBySide || detail.terse;
    const key = `${level} ${terse} ${chipFields} ${typeScale}`;
    if (appliedDetail.current === key || !root.current) return;
    appliedDetail.current = key;
    root.current.setAttribute('data-detail', level);
    root.current.toggleAttribute('data-terse', terse);
    root.current.toggleAttribute('data-chip-fields', chipFields);
    root.current.style.setProperty('--screen-px', String(typeScale));
  }, [root, scale, sideBySide, viewportNow]);
  /** Moves the view. The detail level changes once, to that of the destination: each change restyles every node. */
  const moveTo = useCallback(
    async (next: Viewport, duration: number): Promise<void> => {
      const animated = duration > 0 && !prefersReducedMotion();
      destination.current = animated ? next : undefined;
      await flow.setViewport(next, animated ? { duration } : undefined);
      if (destination.current === next) destination.current = undefined;
    },
    [flow],
  );

  /** Until when steps do not zoom in, and what zooms in then. */
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(rest.current), []);

  /** Makes `rect` visible and, in a close-up, readable; with `keepZoom` not larger than now. */
  const show = useCallback(
    (rect: Rect | undefined, keepZoom = false, ahead = rect): void => {
      const { width, height } = screenSize();
      if (!rect || width === 0) return;
      const current = viewportNow();
      const screen = { width, height };
      const bounds = needsCloseUp() ? layoutBounds(stage.getState().scene.layout) : undefined;
      const limits = zoomLimits();
      const next = viewportFor(
        rect,
        current,
        screen,
        keepZoom ? { ...limits, closeUp: Math.min(limits.closeUp, current.zoom) } : limits,
        bounds,
        ahead,
      );
      if (next !== current) void moveTo(next, MOVE_MS);
    },
    [moveTo, needsCloseUp, zoomLimits, stage, viewportNow, screenSize],
  );

  /** Shows what the last step touched, its process and its file: all of it if that is legible, else as much as fits; with `onlyPan` not larger than now. */
  const showTouched = useCallback(
    (onlyPan = false): void => {
      const { width, height } = screenSize();
      const screen = { width, height };
      const current = viewportNow();
      const state = stage.getState();
      if (presenting && !userMoved.current) {
        const framing = presentedFraming(session.getState(), state, screen, zoomLimits());
        return show(framing?.rect ?? layoutBounds(state.scene.layout), false, framing?.ahead);
      }
      const showStep = (keepZoom: boolean): void =>
        show(
          userMoved.current
            ? boundsToShow(touchedPlacements(stage.getState()), current, screen)
            : boundsOfStep(stage.getState(), screen, zoomLimits()),
          keepZoom,
        );
      showStep(onlyPan || rest.current !== undefined);
      if (!state.crowded || onlyPan) return;
      clearTimeout(rest.current);
      rest.current = setTimeout(() => {
        rest.current = undefined;
        if (stage.getState().followSteps && !userMoved.current) showStep(false);
      }, REST_MS);
    },
    [show, presenting, zoomLimits, session, stage, viewportNow, screenSize],
  );

  /** Shows the selected node with its opened list of fields; the view only pans if the pointer is on the node. */
  const showSelected = useCallback((): void => {
    const { selection } = session.getState();
    if (selection === undefined) return;
    const showList = async (): Promise<void> => {
      const { nodesInReadingOrder, pointedNode } = stage.getState();
      const selected = nodesInReadingOrder.find((node) => node.name === selection);
      const { width, height } = screenSize();
      if (!selected || !root.current || session.getState().selection !== selection) return;
      const { placement, id } = selected;
      const list = root.current.querySelector<HTMLElement>(
        `[data-node="${CSS.escape(id)}"] > [data-open]`,
      );
      const bottom = list ? list.offsetTop + list.offsetHeight : 0;
      const rect = { ...placement, height: Math.max(placement.height, bottom) };
      if (pointedNode !== id) return show(rect);
      const current = viewportNow();
      const next = panIntoView(current, rect, { width, height }, zoomLimits().smallest);
      if (!next) return;
      await moveTo(next, MOVE_MS);
      // At a smaller zoom, the list has larger type.
      if (next.zoom !== current.zoom) await showList();
    };
    // In the next frame the list is there, and can be measured without an extra layout.
    requestAnimationFrame(() => void showList());
  }, [root, show, moveTo, zoomLimits, viewportNow, session, stage, screenSize]);

  /** The shape of a layout made afresh, and the zoom that shows all of it. */
  const freshLayout = useCallback((): { readonly shape: LayoutShape; readonly zoom: number } => {
    const { width, height } = screenSize();
    const { program } = currentSnapshot(session.getState());
    const { foldedGroups: folded, sharedLayout } = stage.getState();
    const shape = shapeFor(program, folded, { width, height }, sharedLayout);
    const size = freshLayoutSize(program, folded, shape, sharedLayout);
    return { shape, zoom: fitViewport({ x: 0, y: 0, ...size }, { width, height }).zoom };
  }, [session, stage, screenSize]);

  /** Shows everything. Lays the graph out afresh if its zoom is below this fraction of that of a fresh layout. */
  const fit = useCallback(
    (rearrangeFactor: number, duration = 0, everything = sideBySide): void => {
      const { width, height } = screenSize();
      if (width === 0 || height === 0) return;
      userMoved.current = false;
      const screen = { width, height };
      const { scene, arrangement } = stage.getState();
      const { shape, zoom: freshZoom } = freshLayout();
      const { zoom } = initialViewport(scene.layout, [], screen);
      if (zoom < freshZoom * rearrangeFactor)
        relayout(stage, session, { shape, arrangement: arrangement + 1 });
      const layout = stage.getState().scene.layout;
      const maxZoom = MAX_FIT_ZOOM * scale();
      const whole = fitViewport(layoutBounds(layout), screen, maxZoom);
      void moveTo(
        everything && (!sideBySide || whole.zoom >= zoomLimits().overview)
          ? whole
          : initialViewport(layout, touchedPlacements(stage.getState()), screen, maxZoom),
        duration,
      );
    },
    [moveTo, sideBySide, zoomLimits, stage, session, scale, freshLayout, screenSize],
  );

  /** Keeps a graph in view while steps, calls and another design change it; `moved`: rows have opened or closed. */
  const follow = useCallback(
    (moved: boolean, otherDesign: boolean, otherCalls: boolean): void => {
      const { width, height } = screenSize();
      const { nodesInReadingOrder, scene } = stage.getState();
      const hasOwnCalls = currentSnapshot(session.getState()).issuedCalls.size > 0;
      const mayRearrange = hasOwnCalls || otherCalls || otherDesign;
      if (
        userMoved.current ||
        isNarrow() ||
        (needsCloseUp() &&
          (presenting || scene.touched.size > 0) &&
          !(mayRearrange && freshLayout().zoom >= zoomLimits().overview))
      )
        return showTouched();
      const bounds = boundsOf(nodesInReadingOrder.map((node) => node.placement));
      if (!moved && isInView(viewportNow(), bounds, { width, height })) return;
      fit(
        hasOwnCalls || otherCalls
          ? REARRANGE_FACTOR
          : otherDesign
            ? REARRANGE_FOR_DESIGN_FACTOR
            : 0,
        MOVE_MS,
      );
    },
    [
      fit,
      freshLayout,
      isNarrow,
      needsCloseUp,
      presenting,
      zoomLimits,
      session,
      showTouched,
      stage,
      viewportNow,
      screenSize,
    ],
  );

  // Fits a new scenario or layout, and fits again after a large resize unless the user has moved the view.
  useLayoutEffect(() => {
    userMoved.current = false;
    const foldsUnchanged = lastFitFoldedGroups.current === foldedGroups;
    lastFitFoldedGroups.current = foldedGroups;
    let fitted = { width: 0, height: 0 };
    let last = fitted;
    let shapedFor: number | undefined;
    const onResize = (): void => {
      const { width, height } = flowStore.getState();
      if (width === 0 || (width === last.width && height === last.height)) return;
      last = { width, height };
      if (
        Math.abs(width - fitted.width) <= width * REFIT_THRESHOLD &&
        Math.abs(height - fitted.height) <= height * REFIT_THRESHOLD
      ) {
        // A longer caption must not cover what the step touches.
        const { followSteps, scene } = stage.getState();
        if (needsCloseUp() && followSteps && scene.touched.size > 0) showTouched(!presenting);
        return;
      }
      fitted = last;
      const { program } = currentSnapshot(session.getState());
      const { foldedGroups: folded, sharedLayout } = stage.getState();
      // Another design keeps the shape, so that its objects stay where they are.
      if (sizeClass(fitted) !== shapedFor) {
        shapedFor = sizeClass(fitted);
        relayout(stage, session, { shape: shapeFor(program, folded, fitted, sharedLayout) });
      }
      if (userMoved.current) return;
      fit(REARRANGE_FOR_DESIGN_FACTOR);
      // After a resize, return to the current step; after folding, keep the overview of the new layout.
      const { followSteps, scene } = stage.getState();
      const isLegible = viewportNow().zoom >= zoomLimits().smallest;
      if (
        needsCloseUp() &&
        (!isLegible || (foldsUnchanged && followSteps && scene.touched.size > 0))
      )
        showTouched();
      showSelected();
    };
    onResize();
    return flowStore.subscribe(onResize);
  }, [
    family,
    foldedGroups,
    shape,
    fit,
    needsCloseUp,
    presenting,
    zoomLimits,
    session,
    showSelected,
    showTouched,
    stage,
    viewportNow,
    flowStore,
  ]);

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
        // A step that only reads touches nothing but its process: that and its file stay in view, which is not worth a zoom.
        if (
          !presenting &&
          state.scene.layout === before.scene.layout &&
          [...state.scene.touched].every((id) => id.startsWith('process:'))
        )
          return needsCloseUp() && state.scene.touched.size > 0 ? showTouched(true) : undefined;
        follow(
          state.scene.layout !== before.scene.layout,
          state.scene.setup.design !== before.scene.setup.design,
          // Another design has the same calls in another scenario: its objects keep their places.
          state.scene.setup.design === before.scene.setup.design &&
            state.scene.setup.scenario !== before.scene.setup.scenario,
        );
      }),
    [follow, needsCloseUp, presenting, showTouched, stage],
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

  useLayoutEffect(() => {
    appliedDetail.current = '';
    applyDetailLevel();
    return flowStore.subscribe(applyDetailLevel);
  }, [applyDetailLevel, flowStore]);

  return {
    fit: useCallback(() => {
      fit(REARRANGE_FACTOR, 0, true);
      // The user wants the overview: the next step must not zoom in again.
      stage.setState({ followSteps: !needsCloseUp() });
    }, [fit, needsCloseUp, stage]),
    resumeFollowing: useCallback(() => {
      userMoved.current = false;
      stage.setState({ followSteps: true });
      showTouched();
    }, [showTouched, stage]),
    onInterrupt: useCallback(() => {
      destination.current = undefined;
    }, []),
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
        void moveTo(zoomAboutCenter({ x, y, zoom }, factor, { width, height }), 0);
      },
      [moveTo, flowStore],
    ),
  };
}
