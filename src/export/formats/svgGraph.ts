import type { Export, ExportOptions } from '../export';
import { drawGraph, footerLine, graphAfter, graphDocument, viewBoxOf } from '../graphDrawing';
import type { Trace } from '../../scenario/run/trace';

/** The graph after the last step of a run. */
export const svgGraphExport: Export = {
  id: 'svg-graph',
  title: 'Graph as SVG',
  extension: 'svg',
  order: 60,
  make: svgGraph,
};

function svgGraph(trace: Trace, { theme }: ExportOptions = {}): string {
  const { program, steps } = trace;
  const graph = graphAfter(trace, steps.length);
  const box = viewBoxOf([graph]);
  const footer = `${program.design.title}, after ${steps.length} steps; simulated by vfio-playground`;
  return graphDocument(trace, {
    box,
    theme,
    elements: [...drawGraph(graph).flat(), footerLine(box, footer)],
  });
}
