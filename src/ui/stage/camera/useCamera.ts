import { useCallback, useEffect, useLayoutEffect, useRef, type RefObject } from 'react';
import { useReactFlow, useStoreApi } from '@xyflow/react';
import { currentSnapshot } from '../../../session/trace/replay';
import { useSessionStore } from '../../useSession';
import {
  bestShape,
  boundsToShow,
  panIntoView,
  layoutBounds,
  NARROW_SCREEN_PX,
  detailLevelAt,
  zoomToReadable,
  initialViewport,
  MIN_READABLE_ZOOM,
  zoomAboutCenter,
  type Viewport,
} from './viewport';
import type { Rect } from '../../../graph/layout/geometry';
import { NARROW_SHAPE, maxLayoutSize, type NodePlacement } from '../../../graph/layout/graphLayout';
import { relayout, useStage, useStageStore, type StageState } from '../stageStore';

/** A room that changes by less of its width or height is not fitted anew: the words above the stage come and go. */
const REFIT_THRESHOLD = 0.1;

export interface Camera {
  readonly zoomBy: (by: number) => void;
  readonly fit: () => void;
  readonly showNode: (id: string) => void;
  /** Goes to what the last step touched, and follows the steps again. */
  readonly resumeFollowing: () => void;
  /** Somebody has moved the view by hand: it stays. */
  readonly onUserMove: () => void;
}

/** Moves the view: fits on open, stays still while stepping unless what the step touches is out of sight or, in a crowd, too small to read. */
export function useCamera(root: RefObject<HTMLElement | null>): Camera {
  const flow = useReactFlow();
  const store = useStoreApi();
  const stage = useStageStore();
  const session = useSessionStore();
  const setup = useStage((state) => state.scene.setup);
  const folded = useStage((state) => state.foldedGroups);
  const shape = useStage((state) => state.shape);
  /** The user has moved the view: it is not fitted again when the room changes, and keeps its zoom. */
  const own = useRef(false);
  /** The folds at the last fit. */
  const laid = useRef(folded);

  /** Brings a box into sight, and in a crowd near enough to be read. */
  const show = useCallback(
    (box: Rect | undefined): void => {
      const {
        transform: [x, y, zoom],
        width,
        height,
      } = store.getState();
      if (!box || width === 0) return;
      const [here, screen] = [
        { x, y, zoom },
        { width, height },
      ];
      const { crowded: crowd, scene } = stage.getState();
      const from: Viewport =
        crowd && !own.current
          ? zoomToReadable(here, box, layoutBounds(scene.layout), screen)
          : here;
      const view =
        panIntoView(from, box, screen, width < NARROW_SCREEN_PX ? from.zoom : undefined) ?? from;
      if (view !== here)
        void flow.setViewport(view, {
          duration: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 260,
        });
    },
    [flow, stage, store],
  );

  /** Shows as much of what the last step touched as fits. */
  const showTouched = useCallback((): void => {
    const {
      transform: [x, y, zoom],
      width,
      height,
    } = store.getState();
    const near =
      stage.getState().crowded && !own.current ? Math.max(zoom, MIN_READABLE_ZOOM) : zoom;
    show(boundsToShow(touchedPlaces(stage.getState()), { x, y, zoom: near }, { width, height }));
  }, [show, stage, store]);

  const showSelected = useCallback((): void => {
    const { nodesInReadingOrder: list, selection, pointedNode: pointed } = stage.getState();
    const found =
      selection === undefined ? undefined : list.find((node) => node.name === selection);
    if (found && pointed !== found.id) show(found.placement);
  }, [show, stage]);

  const fit = useCallback((): void => {
    const { width, height } = store.getState();
    if (width === 0 || height === 0) return;
    own.current = false;
    void flow.setViewport(
      initialViewport(stage.getState().scene.layout, touchedPlaces(stage.getState()), {
        width,
        height,
      }),
    );
  }, [flow, stage, store]);

  // A new setup opens with everything in sight, and so does a stage whose room changes much before anybody has moved the view.
  useLayoutEffect(() => {
    own.current = false;
    const kept = laid.current === folded;
    laid.current = folded;
    let fitted = { width: 0, height: 0 };
    const resize = (): void => {
      const { width, height } = store.getState();
      if (
        width === 0 ||
        (Math.abs(width - fitted.width) <= width * REFIT_THRESHOLD &&
          Math.abs(height - fitted.height) <= height * REFIT_THRESHOLD)
      )
        return;
      fitted = { width, height };
      const frame = currentSnapshot(session.getState());
      const folded = stage.getState().foldedGroups;
      relayout(stage, session, {
        shape:
          width < NARROW_SCREEN_PX
            ? NARROW_SHAPE
            : bestShape((shape) => maxLayoutSize(frame.program, folded, shape), { width, height }),
      });
      if (own.current) return;
      fit();
      // Another room is no reason to leave the step; whoever folds or opens a group wants to see what has become of it.
      const { crowded: crowd, followSteps: follow } = stage.getState();
      if (kept && crowd && follow) showTouched();
    };
    resize();
    showSelected();
    return store.subscribe(resize);
  }, [setup, folded, shape, fit, session, showSelected, showTouched, stage, store]);

  // What the step touches comes into sight; so does what is selected elsewhere.
  useEffect(
    () =>
      stage.subscribe((state, before) => {
        if (
          !state.followSteps ||
          state.scene === before.scene ||
          state.scene.setup !== before.scene.setup ||
          state.foldedGroups !== before.foldedGroups ||
          state.shape !== before.shape
        )
          return;
        // A process that only looked at something is no reason to leave what one looks at.
        if ([...state.scene.touched].every((id) => id.startsWith('process:'))) return;
        showTouched();
      }),
    [showTouched, stage],
  );
  useEffect(
    () =>
      stage.subscribe((state, before) => {
        if (state.selection !== before.selection && state.foldedGroups === before.foldedGroups)
          showSelected();
      }),
    [showSelected, stage],
  );

  // How near one is, for the style sheet; set here so that panning renders nothing, and only where it changes.
  useLayoutEffect(() => {
    let shown = '';
    const look = (): void => {
      const {
        level: near,
        terse: small,
        typeScale: px,
      } = detailLevelAt(store.getState().transform[2]);
      if (shown === `${near} ${small} ${px}` || !root.current) return;
      shown = `${near} ${small} ${px}`;
      root.current.setAttribute('data-near', near);
      root.current.toggleAttribute('data-small', small);
      root.current.style.setProperty('--px', String(px));
    };
    look();
    return store.subscribe(look);
  }, [root, store]);

  return {
    fit: useCallback(() => {
      fit();
      // Who wants to see the whole crowd is not drawn near again by the next step.
      stage.setState(({ crowded: crowd }) => ({ followSteps: !crowd }));
    }, [fit, stage]),
    resumeFollowing: useCallback(() => {
      own.current = false;
      stage.setState({ followSteps: true });
      showTouched();
    }, [showTouched, stage]),
    onUserMove: useCallback(() => {
      own.current = true;
      if (stage.getState().followSteps) stage.setState({ followSteps: false });
    }, [stage]),
    showNode: useCallback(
      (id) => show(stage.getState().nodesById.get(id)?.placement),
      [show, stage],
    ),
    zoomBy: useCallback(
      (by) => {
        const {
          transform: [x, y, zoom],
          width,
          height,
        } = store.getState();
        own.current = true;
        void flow.setViewport(zoomAboutCenter({ x, y, zoom }, by, { width, height }));
      },
      [flow, store],
    ),
  };
}

/** Where the last step was at work: first what is new, then what changed its edges, then the rest, the process last. */
function touchedPlaces({
  scene,
  nodesById: nodes,
  edgeList: ties,
  effects,
}: StageState): readonly NodePlacement[] {
  const entering = new Set(effects.flatMap(({ kind, node }) => (kind === 'alloc' ? [node] : [])));
  const fresh = new Set(ties.filter((tie) => tie.changed).map((tie) => tie.source));
  const rank = (id: string): number =>
    entering.has(id) ? 0 : id.startsWith('process:') ? 3 : fresh.has(id) ? 1 : 2;
  return [...scene.touched]
    .toSorted((a, b) => rank(a) - rank(b))
    .flatMap((id) => nodes.get(id)?.placement ?? []);
}
