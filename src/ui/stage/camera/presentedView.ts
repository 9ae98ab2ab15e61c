import type { Rect } from '../../../graph/layout/geometry';
import type { NodePlacement } from '../../../graph/layout/graphLayout';
import { isTaskEdge, type NodeView } from '../../../graph/model/graph';
import { branchCaptions, isAboutLocks, presentedCaption } from '../../../session/queries/captions';
import type { SessionState } from '../../../session/store/session';
import { branchPath, currentSnapshot, snapshotAt } from '../../../session/trace/replay';
import { violationSentence } from '../../../session/trace/snapshotText';
import { isNamedIn, sceneOf, type LayoutOptions, type Scene } from '../scene';
import {
  boundsOfLegible,
  touchedPlacements,
  withBadge,
  type StepState,
  type ZoomLimits,
} from './stepView';
import { boundsOf, type PixelSize } from './viewport';

/** How many steps a presentation looks ahead before it zooms in, so that a close-up lasts. */
const LOOK_AHEAD = 2;

/** What must be in view, and what of it and of the next steps decides how far to zoom in. */
export interface Framing {
  readonly rect: Rect;
  readonly ahead: Rect;
}

/**
 * The part of the graph that a presentation shows at the cursor; undefined for all of it: at the start, and at the end of the run.
 *
 * That is what the step touches, its process and its file, who holds and who waits for a lock, and what the caption names. The
 * view comes near only for what lasts: for the step of a caption, or for what the next steps touch too. If that is nearly as
 * wide or high as the graph (a claim reads from the process in the first lane to the IOMMU in the last), the whole graph is
 * shown: a close-up would hide some of it and be hardly larger.
 */
export function presentedFraming(
  session: SessionState,
  state: StepState & LayoutOptions,
  screen: PixelSize,
  limits: ZoomLimits,
): Framing | undefined {
  const path = branchPath(session);
  const { cursor } = session.run;
  const { captionDepth } = session.presentation;
  if (cursor === 0 || cursor === path.length - 1) return undefined;
  const [violation] = currentSnapshot(session).violations;
  const caption = violation ? violationSentence(violation) : presentedCaption(session);
  const captions = branchCaptions(session);
  // While the steps before a caption play, the step of the caption counts too.
  const nextCaption = captions.findIndex((each, depth) => depth >= cursor && each !== undefined);
  const last =
    captionDepth !== undefined && captionDepth > cursor
      ? captionDepth
      : Math.min(nextCaption < 0 ? Infinity : nextCaption, cursor + LOOK_AHEAD, path.length - 1);
  const placements = [
    ...touchedPlacements(state),
    ...placementsOf(state.scene, idsConcerned(state.scene, caption)),
  ];
  const rect = boundsOfLegible(placements, screen, limits);
  return (
    rect && {
      rect,
      ahead: boundsOf([
        rect,
        ...path
          .slice(cursor + 1, last + 1)
          .map((node) => sceneOf(snapshotAt(node), state))
          .flatMap((scene) => placementsOf(scene, idsConcerned(scene, undefined))),
      ]),
    }
  );
}

/** Ids of the nodes that a step is about under its caption: see `presentedFraming`. */
export function idsConcerned(
  { graph, touched, actors, actingProcess }: Scene,
  caption: string | undefined,
): ReadonlySet<string> {
  const ids = new Set([...touched, ...actors]);
  for (const edge of graph.edges) if (isTaskEdge(edge)) ids.add(edge.source).add(edge.target);
  if (caption === undefined) return ids;
  const isHeldLock = (node: NodeView): boolean =>
    node.kind === 'object' &&
    node.fields.some(({ owner }) => owner && owner.process === actingProcess);
  for (const node of graph.nodes)
    if (
      (node.name !== undefined && isNamedIn(caption, node.name)) ||
      (node.kind === 'process' && isNamedIn(caption, node.title)) ||
      (isAboutLocks(caption) && isHeldLock(node))
    )
      ids.add(node.id);
  return ids;
}

function placementsOf({ graph }: Scene, ids: ReadonlySet<string>): readonly NodePlacement[] {
  return graph.nodes.filter(({ id }) => ids.has(id)).map(withBadge);
}
