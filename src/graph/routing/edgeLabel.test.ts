import { expect, it } from 'vitest';
import type { Point } from '../layout/geometry';
import { layOutGraph, type NodePlacement } from '../layout/graphLayout';
import { testProgram } from '../testing/testDesign';
import { edgeLabelPositions } from './edgeLabel';
import { waypointsOf } from './edgeRouter';

const layout = layOutGraph(testProgram());
const edges = layout.catalog.possibleEdges.map(({ a, b }) => ({
  waypoints: waypointsOf(layout, a, b),
}));

it('puts a label on its edge, clear of every node', () => {
  const placed = edges.flatMap((edge) => {
    const [position] = edgeLabelPositions(layout, [{ ...edge, text: 'device' }]);
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
    edgeLabelPositions({ ...layout, placements }, [{ waypoints: straight, text: label }])[0];
  expect(position('device')).toBeUndefined();
  expect(position('fd')).toEqual({ x: right + 12, y: node.y + 20 });
});

it('keeps labels clear of each other and of other obstacles', () => {
  const obstacle = { x: -10, y: 0, width: 120, height: 40 };
  const positions = edgeLabelPositions(
    layout,
    edges.map((edge) => ({ ...edge, text: 'device' })),
    [obstacle],
  ).filter((position) => position !== undefined);
  expect(positions.length).toBeGreaterThan(5);
  positions.forEach(({ x, y }, i) => {
    for (const other of positions.slice(0, i))
      expect(Math.abs(other.x - x) >= 61 || Math.abs(other.y - y) >= 20).toBe(true);
    expect(x + 30 <= -10 || x - 30 >= 110 || y + 10 <= 0 || y - 10 >= 40).toBe(true);
  });
});
