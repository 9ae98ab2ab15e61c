import { describe, expect, it } from 'vitest';
import { DESIGNS } from '../../../designs/designs';
import { registerDesigns } from '../../../designs/registry';
import { libraryVerdicts } from '../../../explore/matrix/libraryVerdicts';
import { graphAfter, layoutForSteps } from '../../../export/runGraph';
import { isTaskEdge } from '../../../graph/model/graph';
import { edgeLabelPositions } from '../../../graph/routing/edgeLabel';
import type { Trace } from '../../../scenario/run/trace';
import { counterexampleScenario } from '../../../session/queries/counterexamplePicture';
import { verdictCases } from '../../../session/queries/verdictMatrix';
import { LIBRARY } from '../../../scenario/library/library';
import { runScenario } from '../../../scenario/run/runScenario';
import { NO_FOLDED_GROUPS } from '../../../graph/model/groupFolding';
import {
  layOutGraph,
  ZONE_TITLE_WIDTH,
  NARROW_SHAPE,
  type GraphLayout,
  type LayoutShape,
} from '../../../graph/layout/graphLayout';
import type { Point, Rect } from '../../../graph/layout/geometry';
import { waypointsOf } from '../../../graph/routing/edgeRouter';

/** Whether a horizontal or vertical segment crosses the interior of the rectangle, not only its border. */
function segmentEnters(a: Point, b: Point, { x, y, width, height }: Rect): boolean {
  return (
    Math.max(a.x, b.x) > x + 0.5 &&
    Math.min(a.x, b.x) < x + width - 0.5 &&
    Math.max(a.y, b.y) > y + 0.5 &&
    Math.min(a.y, b.y) < y + height - 0.5
  );
}

/** Edges that cross a node (their own ends included) or a lane title: all possible edges, and a wait edge from each process to each node. */
function forbiddenCrossings(layout: GraphLayout): readonly string[] {
  const titles = layout.zones.map(({ id, x, y, height }): [string, Rect] => [
    `the title of ${id}`,
    { x, y, width: ZONE_TITLE_WIDTH - 1, height },
  ]);
  const obstacles: readonly (readonly [string, Rect])[] = [...layout.placements, ...titles];
  const { possibleEdges, nodes } = layout.catalog;
  const waitEdges = nodes.flatMap(({ id }) =>
    nodes.flatMap(({ id: b, lane }) =>
      id.startsWith('process:') && lane !== 'process' ? [{ a: id, b }] : [],
    ),
  );
  return [...possibleEdges, ...waitEdges].flatMap(({ a, b }) => {
    const waypoints = waypointsOf(layout, a, b);
    return obstacles
      .filter(([, rect]) =>
        waypoints.slice(1).some((point, i) => segmentEnters(waypoints[i] ?? point, point, rect)),
      )
      .map(([id]) => `${a} to ${b} crosses ${id}`);
  });
}

const shapes: readonly LayoutShape[] = [
  NARROW_SHAPE,
  ...[3, 4, 5, 6, 7, 9].map((columns): LayoutShape => ({
    columns,
    maxTextRows: 3 + (columns % 4),
  })),
];

describe('edge routes', () => {
  it.each(shapes)('cross no node and no lane title, in $columns columns', (shape) => {
    for (const { id, scenario } of LIBRARY) {
      const ran = runScenario(scenario);
      if (!ran.ok) throw new Error(id);
      expect(
        forbiddenCrossings(layOutGraph(ran.trace.program, undefined, NO_FOLDED_GROUPS, shape)),
        id,
      ).toEqual([]);
    }
  });
});

registerDesigns(DESIGNS);

/** The ends of all built-in scenarios, and a counterexample of each violation of the designs. */
function endsAndCounterexamples(): readonly (readonly [string, Trace])[] {
  const ends = LIBRARY.map(({ id, scenario }) => [id, runScenario(scenario)] as const);
  const counterexamples = libraryVerdicts(verdictCases().configs)
    .filter(({ config }) => config.title === config.design.id)
    .flatMap((row) =>
      row.properties.flatMap((property) => {
        const scenario = counterexampleScenario(row, property);
        if (!scenario || !property.witness) return [];
        const { schedule } = property.witness;
        const run = runScenario(scenario, { schedule, endsWithSchedule: true });
        return [[`${row.config.title} ${property.id}`, run] as const];
      }),
    );
  return [...ends, ...counterexamples].map(([id, run]) => {
    if (!run.ok) throw new Error(id);
    return [id, run.trace];
  });
}

it('labels of all edges at once overlap neither each other nor a node', () => {
  let placed = 0;
  let all = 0;
  for (const [id, trace] of endsAndCounterexamples()) {
    const count = trace.steps.length;
    const layout = layoutForSteps(trace, [count]);
    const labels = graphAfter(trace, count, layout)
      .edges.filter((edge) => !isTaskEdge(edge))
      .map((edge) => ({ ...edge, text: edge.label }));
    const rects = edgeLabelPositions(layout, labels).flatMap((position, i): Rect[] => {
      // As wide and high as in the largest type.
      const width = (labels[i]?.text.length ?? 0) * 10;
      return position ? [{ x: position.x - width / 2, y: position.y - 9, width, height: 18 }] : [];
    });
    all += labels.length;
    placed += rects.length;
    const overlaps = (a: Rect, b: Rect, trim: number): boolean =>
      a.x < b.x + b.width &&
      b.x < a.x + a.width &&
      a.y + trim < b.y + b.height &&
      b.y + trim < a.y + a.height;
    rects.forEach((rect, i) => {
      for (const other of rects.slice(0, i)) expect(overlaps(rect, other, 0), id).toBe(false);
      for (const node of layout.placements.values())
        expect(overlaps(rect, node, 2), id).toBe(false);
    });
  }
  expect(placed).toBeGreaterThan(all / 2);
});

it('labels of wait and hold edges cover no process', () => {
  let found = 0;
  for (const columns of [4, 5, 6]) {
    const id = 'double-bind';
    const run = runScenario(LIBRARY.find((each) => each.id === id)!.scenario);
    if (!run.ok) throw new Error(id);
    const { trace } = run;
    const layout = layoutForSteps(
      trace,
      trace.steps.map(({ index }) => index),
      { columns, maxTextRows: 3 },
    );
    for (const { index } of trace.steps) {
      const { nodes, edges } = graphAfter(trace, index, layout);
      for (const { label, labelPosition } of edges.filter(isTaskEdge))
        for (const { kind, placement } of nodes) {
          if (kind !== 'process') continue;
          found += 1;
          const half = label.length * 3.6 + 6;
          expect(
            labelPosition.x + half <= placement.x ||
              labelPosition.x - half >= placement.x + placement.width ||
              labelPosition.y + 9.5 <= placement.y ||
              labelPosition.y - 9.5 >= placement.y + placement.height,
            `${columns} columns, step ${index}: ${label}`,
          ).toBe(true);
        }
    }
  }
  expect(found).toBeGreaterThan(0);
});
