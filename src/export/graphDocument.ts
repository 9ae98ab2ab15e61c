import type { Rect } from '../graph/layout/geometry';
import type { Graph } from '../graph/model/graph';
import { makeSvgScenario } from '../scenario/format/svgScenario';
import type { Trace } from '../scenario/run/trace';
import { altText } from './altText';
import type { ExportOptions } from './export';
import { scenarioFileText } from './formats/scenarioFile';
import { styleSheet } from './svgPaint';
import { escapeXml, replaceInvalidXml } from './xml';

/** Around the graph and left of the lines below it, px. */
export const MARGIN = 24;
const TITLE_HEIGHT = 40;
const FOOTER_HEIGHT = 26;
/** Between two lines below the graph, px. */
export const FOOTER_LINE_HEIGHT = 18;

/** A stand-alone SVG of a run, which also contains its scenario file. */
export function graphDocument(
  trace: Trace,
  {
    box,
    theme = 'auto',
    property,
    style = '',
    showsTitle = true,
    elements,
  }: {
    readonly box: Rect;
    readonly theme?: ExportOptions['theme'];
    readonly property?: ExportOptions['property'];
    /** Style rules beside those of a graph. */
    readonly style?: string;
    /** Whether the title of the scenario is drawn. */
    readonly showsTitle?: boolean;
    readonly elements: readonly string[];
  },
): string {
  const { x, y, width, height } = box;
  const title = trace.scenario.title || 'A run of the VFIO playground';
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="${x} ${y} ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title desc">
<title id="title">${escapeXml(title)}</title>
<desc id="desc">${escapeXml(altText(trace, property))}</desc>
${trace.program.design.modified ? '' : makeSvgScenario(replaceInvalidXml(scenarioFileText(trace)))}
<style>${styleSheet(theme)}${style}</style>
<rect class="paper" x="${x}" y="${y}" width="${width}" height="${height}"/>
${showsTitle ? `<text class="ink title" x="${x + MARGIN}" y="${y + 27}">${escapeXml(title)}</text>\n` : ''}${elements.join('\n')}
</svg>
`;
}

/** A line of text at the bottom of a document; line 0 is the last one. */
export function footerLine(box: Rect, text: string, line = 0, paint = 'ink2'): string {
  const y = box.y + box.height - 10 - line * FOOTER_LINE_HEIGHT;
  return `<text class="${paint}" x="${box.x + MARGIN}" y="${y}">${escapeXml(text)}</text>`;
}

/** Room for graphs, their title and a footer. */
export function viewBoxOf(graphs: readonly Graph[], footerLines = 1): Rect {
  const rects = graphs.flatMap(({ nodes, zones }) => [
    ...nodes.map(({ placement }) => placement),
    ...zones,
  ]);
  const xs = rects.flatMap(({ x, width }) => [x, x + width]);
  const ys = [
    ...rects.flatMap(({ y, height }) => [y, y + height]),
    ...graphs.flatMap(({ edges }) => edges.map(({ labelPosition }) => labelPosition.y)),
  ];
  const left = Math.min(...xs) - MARGIN;
  const top = Math.min(...ys) - TITLE_HEIGHT - 8;
  const footer = FOOTER_HEIGHT + (footerLines - 1) * FOOTER_LINE_HEIGHT;
  return {
    x: left,
    y: top,
    width: Math.max(...xs) + MARGIN - left,
    height: Math.max(...ys) + MARGIN + footer - top,
  };
}
