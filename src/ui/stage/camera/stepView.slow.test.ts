import { describe, expect, it } from 'vitest';
import { DESIGNS } from '../../../designs/designs';
import { registerDesigns } from '../../../designs/registry';
import { badgeRect } from '../../../graph/layout/badgeRect';
import { branchCaptions } from '../../../session/queries/captions';
import { LIBRARY } from '../../../scenario/library/library';
import { sessionOf } from '../../../session/testing/sessionOf';
import { branchPath, snapshotAt } from '../../../session/trace/replay';
import { sceneOf } from '../scene';
import { sceneState } from '../sceneState';
import { initialFoldedGroups } from '../setupDefaults';
import { shapeFor } from './bestShape';
import { stageScale } from './detailLevel';
import { boundsOfStep, viewportFor, zoomLimitsFor } from './stepView';
import { fitViewport, isInView, layoutBounds, MAX_FIT_ZOOM } from './viewport';

registerDesigns(DESIGNS);

// In a window of 1920 x 1080 px, above the longest captions, without the room for a second line of a badge.
const screen = { width: 1920, height: 843 };
const scale = stageScale(true, screen.width);
const limits = zoomLimitsFor(scale, { sideBySide: false, presenting: true, narrow: false });

describe('a presentation on a screen of 1920 x 1080 px', () => {
  it.each(LIBRARY.map(({ id }) => id))(
    'has everything that the captions of %s are about in view',
    (id) => {
      const state = sessionOf(id).getState();
      const path = branchPath(state);
      const first = snapshotAt(path[0]!);
      const foldedGroups = initialFoldedGroups(first);
      const shape = shapeFor(first.program, foldedGroups, screen);
      const stateAt = (depth: number) => ({
        ...sceneState(
          sceneOf(snapshotAt(path[depth]!), { foldedGroups, shape, arrangement: 0 }),
          undefined,
        ),
        effects: [],
      });
      const whole = layoutBounds(stateAt(0).scene.layout);
      let viewport = fitViewport(whole, screen, MAX_FIT_ZOOM * scale);
      expect(isInView(viewport, whole, screen)).toBe(true);
      branchCaptions(state).forEach((caption, depth) => {
        if (!caption || depth === 0) return;
        const shown = stateAt(depth);
        const bounds = layoutBounds(shown.scene.layout);
        const overview = fitViewport(bounds, screen, MAX_FIT_ZOOM * scale);
        const rect = boundsOfStep(shown, screen, limits);
        if (overview.zoom >= limits.overview) viewport = overview;
        else if (rect) viewport = viewportFor(rect, viewport, screen, limits, bounds);
        const where = `${id}, step ${depth}: ${caption.say}`;
        expect(viewport.zoom, where).toBeGreaterThanOrEqual(limits.smallest);
        const { touched, actors } = shown.scene;
        for (const node of shown.nodesInReadingOrder) {
          if (!touched.has(node.id) && !actors.has(node.id)) continue;
          for (const part of [node.placement, ...badgeRect(node)])
            expect(isInView(viewport, part, screen), `${where}: ${node.id}`).toBe(true);
        }
      });
    },
  );
});
