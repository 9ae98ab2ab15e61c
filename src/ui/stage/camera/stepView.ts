import { badgeRect } from '../../../graph/layout/badgeRect';
import type { Rect } from '../../../graph/layout/geometry';
import type { NodePlacement } from '../../../graph/layout/graphLayout';
import type { NodeView } from '../../../graph/model/graph';
import type { StageState } from '../stageState';
import { MIN_COMPACT_ZOOM, MIN_FULL_ZOOM, MIN_OVERVIEW_ZOOM } from './detailLevel';
import {
  boundsOf,
  boundsToShow,
  closeUp,
  closeUpZoomFor,
  fitViewport,
  MAX_FIT_ZOOM,
  panIntoView,
  type PixelSize,
  type Viewport,
} from './viewport';

/** Stages side by side have a quarter of the page each: the whole graph stays in view as long as nodes show fields, and close-ups are smaller. */
const SIDE_BY_SIDE_ZOOM = { overview: MIN_COMPACT_ZOOM, closeUp: 0.75 };
/** The largest zoom of a close-up in a presentation: some five columns of nodes. */
const MAX_PRESENTED_ZOOM = 1.2;
/** Close-ups have few zooms, this factor apart: each change of the zoom restyles the nodes and disturbs the reader. */
const ZOOM_STEP = 1.25;
/** The same in a presentation, whose smallest close-up is one such step above the whole graph: less is not worth what it hides. */
const PRESENTED_ZOOM_STEP = 1.2;

/** On a phone, the view zooms out to this to show all that a step touches. */
const MIN_NARROW_ZOOM = 0.55;

/** The zooms of a camera, for the scale of its stage. */
export interface ZoomLimits {
  /** Below this zoom of the whole graph, the camera follows the steps: in a presentation always. */
  readonly overview: number;
  /** Below it, nodes show only their names. */
  readonly smallest: number;
  /** The largest zoom of a close-up. */
  readonly closeUp: number;
  /** The largest zoom of the whole graph. */
  readonly whole: number;
  /** The factor between the zooms of close-ups, and whether they count from the whole graph up or from `closeUp` down. */
  readonly step: number;
  readonly fromWhole: boolean;
}

export function zoomLimitsFor(
  scale: number,
  {
    sideBySide,
    presenting,
    narrow,
  }: { readonly sideBySide: boolean; readonly presenting: boolean; readonly narrow: boolean },
): ZoomLimits {
  const overview = sideBySide ? SIDE_BY_SIDE_ZOOM.overview : MIN_OVERVIEW_ZOOM;
  const closeUpZoom = sideBySide
    ? SIDE_BY_SIDE_ZOOM.closeUp
    : presenting
      ? MAX_PRESENTED_ZOOM
      : MIN_FULL_ZOOM;
  return {
    overview: presenting ? Infinity : overview * scale,
    closeUp: closeUpZoom * scale,
    smallest: narrow ? MIN_NARROW_ZOOM : MIN_COMPACT_ZOOM * scale,
    whole: MAX_FIT_ZOOM * scale,
    step: presenting ? PRESENTED_ZOOM_STEP : ZOOM_STEP,
    fromWhole: presenting,
  };
}

/** What a camera shows of a step. */
export type StepState = Pick<
  StageState,
  'scene' | 'nodesById' | 'edgeList' | 'effects' | 'undimmed'
>;

/**
 * The viewport that shows all of `rect`. In a close-up it is as large as `limits` allow, and nothing outside `bounds`, the whole
 * graph, is shown. It zooms in only as far as `ahead` stays in view.
 */
export function viewportFor(
  rect: Rect,
  current: Viewport,
  screen: PixelSize,
  limits: ZoomLimits,
  closeUpOf: Rect | undefined,
  ahead = rect,
): Viewport {
  let readable = current;
  if (closeUpOf) {
    const whole = fitViewport(closeUpOf, screen, limits.whole);
    const min = Math.max(limits.smallest, whole.zoom);
    const { step, fromWhole } = limits;
    const zooms = fromWhole
      ? {
          min,
          max:
            min * step ** Math.max(0, Math.floor(Math.log(limits.closeUp / min) / Math.log(step))),
          step,
          keepAbove: min * step * 0.999,
        }
      : { min, max: limits.closeUp, step };
    const zoom = closeUpZoomFor(current.zoom, rect, screen, zooms, ahead);
    if (fromWhole && zoom < whole.zoom * step ** 0.5) return whole;
    readable = closeUp(current, ahead, closeUpOf, screen, zoom);
  }
  return panIntoView(readable, rect, screen, limits.smallest) ?? readable;
}

/** The part of the graph that shows what the last step touched, its process and its file, with their badges: all of it if that is legible, else as much as fits. */
export function boundsOfStep(
  state: StepState,
  screen: PixelSize,
  limits: ZoomLimits,
): Rect | undefined {
  return boundsOfLegible(touchedPlacements(state), screen, limits);
}

/** All of these if that is legible, else as much as fits; the most important comes first. */
export function boundsOfLegible(
  placements: readonly NodePlacement[],
  screen: PixelSize,
  { smallest }: ZoomLimits,
): Rect | undefined {
  if (placements.length === 0) return undefined;
  const all = boundsOf(placements);
  return fitViewport(all, screen).zoom >= smallest
    ? all
    : boundsToShow(placements, { x: 0, y: 0, zoom: smallest }, screen);
}

/** The placement of a node, extended by its badge. */
export function withBadge(node: NodeView): NodePlacement {
  return { ...node.placement, ...boundsOf([node.placement, ...badgeRect(node)]) };
}

/** Placements of the touched nodes and the actors by importance: new nodes, nodes with changed edges, other nodes, the process.
 * Before the first step, those of the processes and devices. */
export function touchedPlacements({
  scene,
  nodesById,
  edgeList,
  effects,
  undimmed,
}: StepState): readonly NodePlacement[] {
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
