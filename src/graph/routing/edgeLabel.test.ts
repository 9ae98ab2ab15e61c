import { expect, it } from 'vitest';
import type { Point } from '../layout/geometry';
import { layOutGraph, type NodePlacement } from '../layout/graphLayout';
import { testProgram } from '../testing/testDesign';
import { edgeLabelPosition } from './edgeLabel';
import { waypointsOf } from './edgeRouter';

const layout = layOutGraph(testProgram());
const edges = layout.catalog.possibleEdges.map(({ a, b }) => ({
  waypoints: waypointsOf(layout, a, b),
}));

it('puts a label on its edge, clear of every node', () => {
  const placed = edges.flatMap((edge) => {
    const position = edgeLabelPosition(layout, edge, 'device');
    return position ? [{ edge, position }] : [];
  });
  expect(placed.length).toBeGreaterThan(edges.length / 2);
  for (const { edge, position } of placed) {
    for (const { x, y, width, height } of layout.placements.values())
      expect(
        position.x + 24 <= x ||
          position.x - 24 >= x + width ||
          position.y + 7 <= y ||
          position.y - 7 >= y + height,
        JSON.stringify([position, x, y]),
      ).toBe(true);
    expect(
      edge.waypoints
        .slice(1)
        .some(
          (b, i) =>
            Math.abs(position.x - b.x) +
              Math.abs(position.x - (edge.waypoints[i] ?? b).x) +
              Math.abs(position.y - b.y) +
              Math.abs(position.y - (edge.waypoints[i] ?? b).y) <=
            Math.abs(b.x - (edge.waypoints[i] ?? b).x) +
              Math.abs(b.y - (edge.waypoints[i] ?? b).y) +
              0.01,
        ),
    ).toBe(true);
  }
});

it('has no position in the gap between two neighbours', () => {
  const [[id, node]] = [...layout.placements] as [[string, NodePlacement]];
  const right = node.x + node.width;
  const placements = new Map([
    [id, node],
    ['neighbour', { ...node, x: right + 24 }],
  ]);
  const straight = [right, right + 24].map((x) => ({ x, y: node.y + 20 }));
  const position = (label: string): Point | undefined =>
    edgeLabelPosition({ ...layout, placements }, { waypoints: straight }, label);
  expect(position('device')).toBeUndefined();
  expect(position('fd')).toEqual({ x: right + 12, y: node.y + 20 });
});
