import { describe, expect, it } from 'vitest';
import { DESIGNS } from '../../../designs/designs';
import { registerDesigns } from '../../../designs/registry';
import { badgeRect } from '../../../graph/layout/badgeRect';
import { branchCaptions } from '../../../session/queries/captions';
import { LIBRARY } from '../../../scenario/library/library';
import type { SessionState } from '../../../session/store/session';
import { sessionOf } from '../../../session/testing/sessionOf';
import { branchPath, currentSnapshot } from '../../../session/trace/replay';
import { sceneOf } from '../scene';
import { sceneState } from '../sceneState';
import { initialFoldedGroups } from '../setupDefaults';
import { shapeFor } from './bestShape';
import { stageScale } from './detailLevel';
import { idsConcerned, presentedFraming } from './presentedView';
import { viewportFor, zoomLimitsFor } from './stepView';
import { fitViewport, isInView, layoutBounds, type PixelSize, type Viewport } from './viewport';

registerDesigns(DESIGNS);

// In windows of 1920 x 1080 and 1024 x 768 px, above the longest captions, without the room for a second line of a badge.
const SIZES: readonly PixelSize[] = [
  { width: 1920, height: 701 },
  { width: 1024, height: 478 },
];

/** The graph of a scenario as a presentation shows it from step to step. */
function presentation(id: string, screen: PixelSize) {
  const session = sessionOf(id).getState();
  const path = branchPath(session);
  const scale = stageScale(true, screen.width);
  const limits = zoomLimitsFor(scale, { sideBySide: false, presenting: true, narrow: false });
  const { program } = currentSnapshot(session);
  const foldedGroups = initialFoldedGroups(currentSnapshot(session));
  const options = {
    foldedGroups,
    shape: shapeFor(program, foldedGroups, screen),
    arrangement: 0,
    sharedLayout: undefined,
  };
  let viewport: Viewport = { x: 0, y: 0, zoom: 0 };
  const show = (cursor: number) => {
    const state: SessionState = { ...session, run: { ...session.run, cursor } };
    const shown = {
      ...sceneState(sceneOf(currentSnapshot(state), options), undefined),
      ...options,
      effects: [],
    };
    const bounds = layoutBounds(shown.scene.layout);
    const whole = fitViewport(bounds, screen, limits.whole);
    const framing = presentedFraming(state, shown, screen, limits);
    viewport = viewportFor(
      framing?.rect ?? bounds,
      viewport,
      screen,
      limits,
      bounds,
      framing?.ahead ?? bounds,
    );
    return { ...shown, whole, framing, viewport };
  };
  return { path, captions: branchCaptions(session), limits, show };
}

describe.each(SIZES)('a presentation on a stage of $width x $height px', (screen) => {
  it.each(LIBRARY.map(({ id }) => id))('frames what the captions of %s are about', (id) => {
    const { path, captions, limits, show } = presentation(id, screen);
    const start = show(0);
    expect(start.viewport).toEqual(start.whole);
    captions.forEach((caption, depth) => {
      if (!caption || depth === 0) return;
      const { scene, whole, framing, viewport } = show(depth);
      const where = `${id}, step ${depth}: ${caption.say}`;
      expect(viewport.zoom, where).toBeGreaterThanOrEqual(limits.smallest);
      const ids = idsConcerned(scene, caption.say);
      for (const node of scene.graph.nodes)
        if (ids.has(node.id))
          for (const part of [node.placement, ...badgeRect(node)])
            expect(isInView(viewport, part, screen), `${where}: ${node.id}`).toBe(true);
      // Larger whenever that leaves it in view, and by a difference that one sees.
      const canZoom =
        framing && fitViewport(framing.rect, screen, Infinity).zoom > whole.zoom * limits.step;
      if (canZoom) expect(viewport.zoom / whole.zoom, where).toBeGreaterThan(limits.step - 1e-6);
      else expect(viewport, where).toEqual(whole);
    });
    const end = show(path.length - 1);
    expect(end.viewport).toEqual(end.whole);
  });
});

it('has close-ups of the race, and keeps the view from step to step', () => {
  const { path, show } = presentation('bind-race', { width: 1920, height: 797 });
  const shown = path.map((_, depth) => show(depth));
  expect(shown.filter(({ viewport, whole }) => viewport.zoom > whole.zoom).length).toBeGreaterThan(
    path.length / 2,
  );
  const changes = shown.filter(
    ({ viewport, whole }, i) =>
      i > 0 &&
      // The whole graph grows with its rows.
      !(viewport.zoom === whole.zoom && shown[i - 1]?.viewport.zoom === shown[i - 1]?.whole.zoom) &&
      viewport.zoom !== shown[i - 1]?.viewport.zoom,
  );
  expect(changes.length).toBeLessThan(path.length / 5);
});
