import { designTitle } from '../../kernel/language/design';
import { accessFlagOf } from '../../graph/model/accessText';
import type { Export, ExportOptions } from '../export';
import { footerLine, graphDocument, MARGIN, viewBoxOf } from '../graphDocument';
import { drawGraph } from '../graphDrawing';
import { graphAfter } from '../runGraph';
import { CHAR_WIDTH } from '../svgPaint';
import { drawLegend, legendLines } from '../graphLegend';
import { wrapText } from '../format';
import { subjectViolation } from '../consequence';
import type { Trace } from '../../scenario/run/trace';

/** The graph after the last step of a run. */
export const svgGraphExport: Export = {
  id: 'svg-graph',
  title: 'Graph as SVG',
  extension: 'svg',
  order: 60,
  make: svgGraph,
};

function svgGraph(trace: Trace, { theme, property }: ExportOptions = {}): string {
  const { program, steps } = trace;
  const graph = graphAfter(trace, steps.length);
  const { width } = viewBoxOf([graph]);
  const violation = subjectViolation(trace, property);
  const violated = violation
    ? wrapText(
        `${violation.property} at step ${violation.step + 1}: ${violation.text}`,
        Math.floor((width - 2 * MARGIN) / CHAR_WIDTH),
      ).toReversed()
    : [];
  const legend = legendLines([graph], width, accessFlagOf(program.model));
  const box = viewBoxOf([graph], 1 + violated.length + legend.length);
  const footer = `${designTitle(program.design, program.options)}, after ${steps.length} steps; simulated by vfio-playground`;
  return graphDocument(trace, {
    box,
    theme,
    property,
    elements: [
      ...drawGraph(graph).flat(),
      ...drawLegend(legend, box, 1 + violated.length),
      ...violated.map((line, i) => footerLine(box, line, 1 + i, 'badText')),
      footerLine(box, footer),
    ],
  });
}
