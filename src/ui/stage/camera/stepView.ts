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
  panIntoView,
  type PixelSize,
  type Viewport,
} from './viewport';

/** Stages side by side have a quarter of the page each: the whole graph stays in view as long as nodes show fields, and close-ups are smaller. */
const SIDE_BY_SIDE_ZOOM = { overview: MIN_COMPACT_ZOOM, closeUp: 0.75 };
/** The room cannot ask for the rest: in a presentation the whole graph, or else every process, is in view down to this zoom. */
const MIN_PRESENTED_ZOOM = 0.58;

/** On a phone, the view zooms out to this to show all that a step touches. */
const MIN_NARROW_ZOOM = 0.55;

/** The zooms of a camera, for the scale of its stage. */
export interface ZoomLimits {
  /** Below this zoom of the whole graph, the camera follows the steps. */
  readonly overview: number;
  /** Below it, nodes show only their names. */
  readonly smallest: number;
  /** The largest zoom of a close-up. */
  readonly closeUp: number;
  /** Down to this zoom a step is shown with all processes; undefined without them. */
  readonly withProcesses: number | undefined;
}

export function zoomLimitsFor(
  scale: number,
  {
    sideBySide,
    presenting,
    narrow,
  }: { readonly sideBySide: boolean; readonly presenting: boolean; readonly narrow: boolean },
): ZoomLimits {
  return {
    overview:
      (presenting
        ? MIN_PRESENTED_ZOOM
        : sideBySide
          ? SIDE_BY_SIDE_ZOOM.overview
          : MIN_OVERVIEW_ZOOM) * scale,
    closeUp: (sideBySide ? SIDE_BY_SIDE_ZOOM.closeUp : MIN_FULL_ZOOM) * scale,
    smallest: narrow ? MIN_NARROW_ZOOM : MIN_COMPACT_ZOOM * scale,
    withProcesses: presenting ? MIN_PRESENTED_ZOOM * scale : undefined,
  };
}

/** What a camera shows of a step. */
type StepState = Pick<StageState, 'scene' | 'nodesById' | 'edgeList' | 'effects' | 'undimmed'>;

/** The viewport that shows all of `rect`. In a close-up it is as large as `limits` allow, and nothing outside `bounds`, the whole graph, is shown. */
export function viewportFor(
  rect: Rect,
  current: Viewport,
  screen: PixelSize,
  limits: ZoomLimits,
  closeUpOf: Rect | undefined,
): Viewport {
  let readable = current;
  if (closeUpOf) {
    const min = Math.max(limits.smallest, fitViewport(closeUpOf, screen).zoom);
    const zoom = closeUpZoomFor(current.zoom, rect, screen, { min, max: limits.closeUp });
    readable = closeUp(current, rect, closeUpOf, screen, zoom);
  }
  return panIntoView(readable, rect, screen, limits.smallest) ?? readable;
}

/**
 * The part of the graph that shows what the last step touched, its process and its file, with their badges: all of it if that
 * is legible, else as much as fits. With `limits.withProcesses` also every process, if that leaves the rest large enough.
 */
export function boundsOfStep(
  state: StepState,
  screen: PixelSize,
  limits: ZoomLimits,
): Rect | undefined {
  const placements = touchedPlacements(state);
  if (placements.length === 0) return undefined;
  const all = boundsOf(placements);
  if (limits.withProcesses !== undefined) {
    const processes = [...state.nodesById.values()].filter(({ kind }) => kind === 'process');
    const more = boundsOf([all, ...processes.map(withBadge)]);
    if (fitViewport(more, screen).zoom >= limits.withProcesses) return more;
  }
  return fitViewport(all, screen).zoom >= limits.smallest
    ? all
    : boundsToShow(placements, { x: 0, y: 0, zoom: limits.smallest }, screen);
}

/** The placement of a node, extended by its badge. */
function withBadge(node: NodeView): NodePlacement {
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
