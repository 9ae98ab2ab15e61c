import { expect, it } from 'vitest';
import { DESIGNS } from '../../../designs/designs';
import { registerDesigns } from '../../../designs/registry';
import { badgeRect } from '../../../graph/layout/badgeRect';
import type { Rect } from '../../../graph/layout/geometry';
import type { NodeView } from '../../../graph/model/graph';
import { sessionOf } from '../../../session/testing/sessionOf';
import { branchPath, currentSnapshot, snapshotAt } from '../../../session/trace/replay';
import { shapeFor } from '../camera/bestShape';
import { boundsOf } from '../camera/viewport';
import { sceneOf } from '../scene';
import { initialFoldedGroups } from '../setupDefaults';

registerDesigns(DESIGNS);

// The canvas of a page of 1440 x 900 px.
const SCREEN = { width: 844, height: 545 };
/** Largest width of a badge at any zoom, where `badgeRect` has the width at full zoom. */
const widestBadge = (node: NodeView): readonly Rect[] =>
  badgeRect(node).map((rect) => {
    const { x, width } = node.placement;
    return {
      ...rect,
      x: node.badgeExtends === 'left' ? x + width - node.maxBadgeWidth : x,
      width: node.maxBadgeWidth,
    };
  });
const overlap = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

it.each([
  'bind-race',
  'hot-reset',
  'kvm-failed-bind',
  'shared-group',
  'split-race',
  'split-two-devices',
])('keeps every badge of %s off other nodes, other badges and the edge of the graph', (id) => {
  const session = sessionOf(id).getState();
  const { program } = currentSnapshot(session);
  const foldedGroups = initialFoldedGroups(currentSnapshot(session));
  const options = { foldedGroups, shape: shapeFor(program, foldedGroups, SCREEN), arrangement: 0 };
  const badges = branchPath(session).flatMap((step, depth) => {
    const { nodes } = sceneOf(snapshotAt(step), options).graph;
    const graph = boundsOf(nodes.map(({ placement }) => placement));
    return nodes.flatMap((node) =>
      widestBadge(node).map((badge) => {
        const where = `${id}, step ${depth}: ${node.id}`;
        expect(badge.x, where).toBeGreaterThanOrEqual(graph.x - 1e-6);
        expect(badge.x + badge.width, where).toBeLessThanOrEqual(graph.x + graph.width + 1e-6);
        for (const other of nodes)
          if (other !== node)
            for (const rect of [other.placement, ...widestBadge(other)])
              expect(overlap(badge, rect), `${where} covers ${other.id}`).toBe(false);
        return badge;
      }),
    );
  });
  expect(badges.length).toBeGreaterThan(0);
});
