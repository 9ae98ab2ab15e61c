import type { MatrixRow, MatrixRowProperty } from '../../explore/matrix/matrix';
import type { ExportOptions } from '../../export/export';
import { graphDocument } from '../../export/graphDocument';
import { drawGraph } from '../../export/graphDrawing';
import { graphAfter } from '../../export/runGraph';
import {
  layOutGraph,
  withOpenRows,
  type GraphLayout,
  type LayoutShape,
} from '../../graph/layout/graphLayout';
import type { Graph } from '../../graph/model/graph';
import type { Trace } from '../../scenario/run/trace';
import { runScenario } from '../../scenario/run/runScenario';
import { verdictCases } from './verdictMatrix';
import type { Scenario } from '../../scenario/format/scenario';

/** The scenario of a row's counterexample, in the row's design and options. */
export function counterexampleScenario(
  row: MatrixRow,
  { scenario }: MatrixRowProperty,
): Scenario | undefined {
  return verdictCases().cases.find(
    (each) => each.id === scenario && each.config.title === row.config.title,
  )?.scenario;
}

/** The nodes that a violation concerns in the state that violates the property, as SVG. Undefined without a counterexample. */
export function counterexamplePicture(
  row: MatrixRow,
  property: MatrixRowProperty,
  theme: ExportOptions['theme'],
): string | undefined {
  const scenario = counterexampleScenario(row, property);
  if (!scenario || !property.witness) return undefined;
  const run = runScenario(scenario, {
    schedule: property.witness.schedule,
    endsWithSchedule: true,
  });
  return run.ok ? pictureOf(run.trace, theme) : undefined;
}

/** At the width of a tooltip, 960 px, the smallest type of four columns is 12 px high. */
const SHAPE: LayoutShape = { columns: 4, maxTextRows: 3 };
/** With more rows of nodes in type of 12 px, the picture would not fit above or below its cell in a window of 900 px. */
const MAX_ROWS = 2;
const MARGIN = 4;
/** Of a badge below the last row. */
const BADGE_ROOM = 18;

function pictureOf(trace: Trace, theme: ExportOptions['theme']): string {
  const { program, steps } = trace;
  const whole = layOutGraph(program, undefined, undefined, SHAPE);
  const ids = concernedNodes(trace, graphAfter(trace, steps.length, whole), whole);
  const layout = withOpenRows(whole, ids);
  const { nodes, edges, zones } = graphAfter(trace, steps.length, layout);
  const graph: Graph = {
    nodes: nodes.filter(({ id }) => ids.has(id)),
    edges: edges.filter(({ source, target }) => ids.has(source) && ids.has(target)),
    zones,
  };
  const x = Math.min(...zones.map((zone) => zone.x)) - MARGIN;
  const y = Math.min(...zones.map((zone) => zone.y)) - MARGIN;
  const box = {
    x,
    y,
    width: Math.max(...zones.map((zone) => zone.x + zone.width)) + MARGIN - x,
    height: Math.max(...zones.map((zone) => zone.y + zone.height)) + BADGE_ROOM - y,
  };
  return graphDocument(trace, {
    box,
    theme,
    showsTitle: false,
    elements: drawGraph(graph).flat(),
  });
}

/** Ids of the nodes with a violation, of the process of the last step, and of what they are connected to, as far as the rows go. */
function concernedNodes(
  { program, steps }: Trace,
  { nodes, edges }: Graph,
  { slots }: GraphLayout,
): ReadonlySet<string> {
  const violated = nodes.flatMap(({ id, badges }) =>
    badges.some(({ kind }) => kind === 'violation') ? [id] : [],
  );
  const task = program.tasks[steps.at(-1)?.task ?? -1];
  const process = task ? [`process:${task.process}`] : [];
  const seeds = new Set([...violated, ...process]);
  const connected = edges.flatMap(({ source, target }) =>
    seeds.has(source) ? [target] : seeds.has(target) ? [source] : [],
  );
  // What several of them are connected to says most.
  const count = (id: string): number => connected.filter((each) => each === id).length;
  const rowsOf = (all: Iterable<string>): number =>
    new Set([0, ...[...all].flatMap((id) => slots.get(id)?.row ?? [])]).size;
  const ids = new Set(process);
  for (const id of [
    // The latest violation is at the last node.
    ...violated.toReversed(),
    ...connected.toSorted((a, b) => count(b) - count(a)),
    // A violation of all runs, such as a call that never returns, is at no node.
    ...(violated.length === 0 ? nodes.map((node) => node.id) : []),
  ])
    if (rowsOf([...ids, id]) <= MAX_ROWS) ids.add(id);
  return ids;
}
