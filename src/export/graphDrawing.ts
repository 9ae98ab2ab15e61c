import { fopsTitle } from '../graph/model/accessText';
import type { ExportOptions } from './export';
import { badgeRect } from '../graph/layout/badgeRect';
import type { Rect } from '../graph/layout/geometry';
import { badgesOf, type StepRecord } from '../graph/model/badges';
import { processShapeAt } from '../graph/model/processShape';
import { arrowHeadOf, arrowHeadPath, type ArrowHead } from '../graph/routing/arrowHeads';
import {
  isTaskEdge,
  type EdgeView,
  type Graph,
  type NodeView,
  type ObjectView,
  type ProcessView,
  type FieldView,
} from '../graph/model/graph';
import { NODE_HEADER_HEIGHT, TEXT_ROW_HEIGHT } from '../graph/layout/nodeMetrics';
import {
  layOutGraph,
  type GraphLayout,
  type LayoutShape,
  ZONE_TITLE_WIDTH,
  type LaneZone,
} from '../graph/layout/graphLayout';
import { fitCall, textRowsIn, fitField } from '../graph/layout/textFit';
import { closeEmptyRows, toGraph } from '../graph/model/toGraph';
import { stateAt } from '../scenario/run/scenarioRun';
import { makeSvgScenario } from '../scenario/format/svgScenario';
import type { Trace } from '../scenario/run/trace';
import { altText } from './altText';
import { scenarioFileText } from './formats/scenarioFile';
import { escapeXml, replaceInvalidXml } from './xml';

/** Around the graph and left of the lines below it, px. */
export const MARGIN = 24;
const TITLE_HEIGHT = 40;
const FOOTER_HEIGHT = 26;
/** Between two lines below the graph, px. */
export const FOOTER_LINE_HEIGHT = 18;
/** Left and right in a node. */
const NODE_PADDING = 7;
/** Maximum character widths of the generic monospaced fonts, for the font sizes of the style sheet. */
export const CHAR_WIDTH = 6.7;
const SMALL_CHAR_WIDTH = 6.25;
/** The glyphs of a line may be that much narrower than usual. */
const MIN_NARROWING = 0.85;
const TITLE_CHAR_WIDTH = 7.3;
/** Of a process beside its name, px. */
const MARK_SIZE = 12;

/** The colours on a light and on a dark background. */
interface ThemeColours {
  readonly light: string;
  readonly dark: string;
}

/** Classes and the property they set; the colours of the page, which have a contrast of 4.5:1 as text. */
const PAINT_CLASSES: Readonly<Record<string, readonly [property: string, pair: ThemeColours]>> = {
  paper: ['fill', { light: '#f6f7f9', dark: '#12151b' }],
  sheet: ['fill', { light: '#ffffff', dark: '#1a1e26' }],
  band: ['fill', { light: '#eceff3', dark: '#1a1f28' }],
  ink: ['fill', { light: '#171c26', dark: '#e8ebf1' }],
  ink2: ['fill', { light: '#525c6b', dark: '#a3adbc' }],
  line: ['stroke', { light: '#7f8a99', dark: '#6f7b8c' }],
  strong: ['stroke', { light: '#525c6b', dark: '#a3adbc' }],
  accent: ['fill', { light: '#2553c7', dark: '#8fb2ff' }],
  parked: ['stroke', { light: '#6b4fa0', dark: '#c0a6f5' }],
  parkedText: ['fill', { light: '#6b4fa0', dark: '#c0a6f5' }],
  normal: ['stroke', { light: '#0f7048', dark: '#5fd3a0' }],
  normalText: ['fill', { light: '#0f7048', dark: '#5fd3a0' }],
  bad: ['stroke', { light: '#b3261e', dark: '#ff9086' }],
  badText: ['fill', { light: '#b3261e', dark: '#ff9086' }],
  onBad: ['fill', { light: '#ffffff', dark: '#2a0907' }],
  waitText: ['fill', { light: '#8a5200', dark: '#f0b455' }],
  ...processPaint('processKernel', { light: '#3d434d', dark: '#cdd3dc' }),
  ...processPaint('process1', { light: '#0b62b5', dark: '#74b6ff' }),
  ...processPaint('process2', { light: '#ad4300', dark: '#ff9f61' }),
  ...processPaint('process3', { light: '#007457', dark: '#45d0a3' }),
  ...processPaint('process4', { light: '#8e3a97', dark: '#dba3e6' }),
  ...processPaint('process5', { light: '#745700', dark: '#dfc050' }),
  ...processPaint('process6', { light: '#b3245f', dark: '#ff8fb7' }),
  ...processPaint('process7', { light: '#006c84', dark: '#58cfe2' }),
  ...processPaint('process8', { light: '#4a5568', dark: '#b9c3d0' }),
};

/** The stroke of a process and, with the ending `Text`, its fill. */
function processPaint(
  name: string,
  colours: ThemeColours,
): Readonly<Record<string, readonly ['stroke' | 'fill', ThemeColours]>> {
  return { [name]: ['stroke', colours], [`${name}Text`]: ['fill', colours] };
}

/** The class that strokes in the colour of a process by index; -1 is the driver. */
export function processPaintAt(process: number): string {
  return process < 0 ? 'processKernel' : `process${(process % 8) + 1}`;
}

/** The mark of a process: its shape in its colour, `size` px wide. */
function svgProcessMark(process: number, x: number, y: number, size: number): string {
  return `<path class="${processPaintAt(process)}Text" fill-rule="evenodd" transform="translate(${coordinate(x)} ${coordinate(y)}) scale(${size / 16})" d="${processShapeAt(process)}"/>`;
}

/** The layout for graphs after these numbers of steps, without the rows that are empty in all of them. */
export function layoutForSteps(
  trace: Trace,
  counts: readonly number[],
  shape?: LayoutShape,
): GraphLayout {
  return closeEmptyRows(
    trace.program,
    counts.map((count) => stateAt(trace, count)),
    layOutGraph(trace.program, undefined, undefined, shape),
    badgesAfter(trace, Math.max(0, ...counts)),
  );
}

/** A graph after the first `count` steps of a run. With `previousCount`, it also says what has changed since that many steps. */
export function graphAfter(
  trace: Trace,
  count: number,
  layout: GraphLayout = layoutForSteps(trace, [count]),
  previousCount?: number,
): Graph {
  return toGraph(trace.program, stateAt(trace, count), layout, {
    badges: badgesAfter(trace, count),
    ...(previousCount === undefined ? {} : { previous: stateAt(trace, previousCount) }),
  });
}

function badgesAfter(trace: Trace, count: number): ReturnType<typeof badgesOf> {
  const { program } = trace;
  const records = trace.steps.slice(0, count).map((traceStep): StepRecord => ({
    program,
    task: traceStep.task,
    step: traceStep.step,
    events: traceStep.events,
    violations: traceStep.violations,
  }));
  return badgesOf(records);
}

/** The elements of a graph from back to front: zones, edges, nodes, edge labels, badges. */
export function drawGraph({ zones, edges, nodes }: Graph): readonly (readonly string[])[] {
  return [
    zones.map(svgZone),
    edges.map(svgEdge),
    nodes.map(svgNode),
    edges.map(svgEdgeTag),
    nodes.map(svgBadge),
  ].map((layer) => layer.filter((element) => element !== ''));
}

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

function styleSheet(theme: 'light' | 'dark' | 'auto'): string {
  const rules = (side: keyof ThemeColours): string =>
    Object.entries(PAINT_CLASSES)
      .map(([name, [property, pair]]) => `.${name}{${property}:${pair[side]}}`)
      .join('');
  const colours =
    theme === 'light'
      ? rules('light')
      : theme === 'dark'
        ? rules('dark')
        : `${rules('light')}@media (prefers-color-scheme:dark){${rules('dark')}}`;
  return `text{font:11px ui-monospace,Menlo,Consolas,monospace}.title{font-size:16px;font-weight:700}.strongText{font-weight:700}.name{font-size:12px;font-weight:700}.small{font-size:10.2px}.name.tiny{font-size:10.2px}.tiniest{font-size:9px}.struck{text-decoration:line-through}.end{text-anchor:end}.mid{text-anchor:middle}.edge{fill:none}.halo{paint-order:stroke;stroke-width:4px}${colours}`;
}

function svgZone({ title, x, y, width, height }: LaneZone): string {
  const at = `${coordinate(x + ZONE_TITLE_WIDTH - 5)} ${coordinate(y + height / 2)}`;
  return `<rect class="band" x="${coordinate(x)}" y="${coordinate(y)}" width="${coordinate(width)}" height="${coordinate(height)}" rx="8"/><text class="ink2 small mid" transform="translate(${at}) rotate(-90)">${escapeXml(title.toUpperCase())}</text>`;
}

/** The classes and the stroke of an edge, as in the legend of the page. */
export function edgePaint(
  edge: Pick<EdgeView, 'style' | 'dangling' | 'inCycle' | 'target' | 'process'>,
): {
  readonly stroke: string;
  readonly text: string;
  readonly dash: string;
  readonly width: number;
} {
  if (edge.dangling || edge.inCycle)
    return {
      stroke: 'bad',
      text: 'badText',
      dash: edge.dangling ? '3 4' : '',
      width: edge.inCycle ? 4 : 1.8,
    };
  switch (edge.style) {
    case 'reference':
    case 'fd':
      return { stroke: 'strong', text: 'ink2', dash: '', width: 2.2 };
    case 'member':
      return { stroke: 'line', text: 'ink2', dash: '1 4', width: 1.6 };
    case 'embedded':
      return { stroke: 'line', text: 'ink2', dash: '9 3', width: 1.4 };
    case 'fops':
      return edge.target === 'fops:parked'
        ? { stroke: 'parked', text: 'parkedText', dash: '6 4', width: 2.2 }
        : { stroke: 'normal', text: 'normalText', dash: '', width: 2.2 };
    case 'wait':
    case 'hold': {
      const stroke = processPaintAt(edge.process ?? -1);
      return {
        stroke,
        text: `${stroke}Text`,
        dash: edge.style === 'wait' ? '8 5' : '',
        width: edge.style === 'wait' ? 2.4 : 3,
      };
    }
    case 'use':
      return { stroke: 'bad', text: 'badText', dash: '', width: 3 };
    case 'pointer':
      return { stroke: 'line', text: 'ink2', dash: '', width: 1.4 };
  }
}

/** Arrow heads that are filled, not only stroked. */
export const FILLED_HEADS: ReadonlySet<ArrowHead> = new Set(['full', 'diamond', 'dot', 'arrow']);

function svgEdge(edge: EdgeView): string {
  const tone = edgePaint(edge);
  const { end, labelPosition } = edge;
  const label = `${edge.label}${edge.dangling ? ', freed' : ''}`;
  const dash = tone.dash === '' ? '' : ` stroke-dasharray="${tone.dash}"`;
  return (
    `<g><title>${escapeXml(`${nameInId(edge.source)}: ${label} to ${nameInId(edge.target)}`)}</title><path class="edge ${tone.stroke}" stroke-width="${tone.width}"${dash} d="${edge.path}"/>` +
    (edge.inCycle && edge.midpoint
      ? `<path class="${tone.text} ${tone.stroke}" stroke-width="1.5" d="${arrowHeadPath('arrow', edge.midpoint)}"/>`
      : '') +
    `<path class="${FILLED_HEADS.has(arrowHeadOf(edge)) ? tone.text : 'edge'} ${tone.stroke}" stroke-width="1.5" d="${arrowHeadPath(arrowHeadOf(edge), end)}"/>` +
    `${edge.dangling ? `<text class="${tone.text} small mid" x="${coordinate(labelPosition.x)}" y="${coordinate(labelPosition.y + 3)}">${escapeXml(label)}</text>` : ''}</g>`
  );
}

/** Labels of wait, hold and use edges; drawn over all nodes. */
function svgEdgeTag(edge: EdgeView): string {
  if (!isTaskEdge(edge)) return '';
  const {
    label,
    labelPosition: { x, y },
  } = edge;
  const tone = edgePaint(edge);
  const width = label.length * SMALL_CHAR_WIDTH + 12;
  return `<g><rect class="sheet ${tone.stroke}" x="${coordinate(x - width / 2)}" y="${coordinate(y - 8)}" width="${coordinate(width)}" height="16" rx="8"/><text class="${tone.text} small mid" x="${coordinate(x)}" y="${coordinate(y + 3.5)}">${escapeXml(label)}</text></g>`;
}

function svgNode(node: NodeView): string {
  const { x, y, width, height } = node.placement;
  const frame = (look: string, dash = ''): string =>
    `<rect class="sheet ${look}" x="${coordinate(x)}" y="${coordinate(y)}" width="${coordinate(width)}" height="${coordinate(height)}" rx="6"${dash}/>`;
  const chip = (title: string, look: string, second: string): string =>
    svgNodeTitle(title, look, x, y + 15, width) +
    svgText(second, 'ink2 small', x + NODE_PADDING, y + 28, width - 2 * NODE_PADDING);
  switch (node.kind) {
    case 'object':
      return `<g>${frame(node.freed ? 'bad' : node.access === 'parked' ? 'parked' : node.access === 'normal' ? 'normal' : 'strong', node.freed ? ' stroke-dasharray="4 3"' : '')}${svgObject(node)}</g>`;
    case 'process':
      return `<g>${frame(processPaintAt(node.process))}${svgProcess(node)}</g>`;
    case 'deviceNode':
      return `<g>${frame('line')}${chip(node.path.slice(node.path.lastIndexOf('/') + 1), 'ink', node.path.slice(0, node.path.lastIndexOf('/') + 1))}</g>`;
    case 'foldedGroup':
      return `<g>${frame('strong')}${svgNodeTitle(`group ${node.group}`, 'ink', x, y + 15, width)}${node.devices.map((device, i) => svgText(device.name, 'ink2', x + NODE_PADDING, y + NODE_HEADER_HEIGHT + i * TEXT_ROW_HEIGHT + 11, width - 2 * NODE_PADDING)).join('')}</g>`;
    case 'fops':
      return `<g>${frame(node.table)}${chip(fopsTitle(node.accessFlag, node.table), `${node.table}Text`, node.allows.replaceAll(',', ''))}</g>`;
  }
}

/** The first badge of a node, with the number of the others; its tooltip lists all. */
function svgBadge(node: NodeView): string {
  const [box] = badgeRect(node);
  const [first] = node.badges;
  if (!box || !first) return '';
  const violation = first.kind === 'violation';
  const more = node.badges.length > 1 ? `+${node.badges.length - 1}` : '';
  const room =
    box.width -
    2 * NODE_PADDING -
    first.title.length * TITLE_CHAR_WIDTH -
    6 -
    more.length * TITLE_CHAR_WIDTH;
  const look = violation ? 'onBad' : 'badText';
  const title =
    (first.title.length + 1 + more.length) * TITLE_CHAR_WIDTH > box.width - 2 * NODE_PADDING
      ? 'small'
      : 'name';
  const text =
    violation || room < 4 * SMALL_CHAR_WIDTH
      ? ''
      : first.text.length * SMALL_CHAR_WIDTH <= room
        ? first.text
        : `${first.text.slice(0, Math.floor(room / SMALL_CHAR_WIDTH) - 1)}…`;
  const base = coordinate(box.y + 13);
  return (
    `<g><title>${escapeXml(node.badges.map((badge) => `${badge.title} ${badge.text}`).join('; '))}</title><rect class="${violation ? 'badText' : 'sheet'} bad" x="${coordinate(box.x)}" y="${coordinate(box.y)}" width="${coordinate(box.width)}" height="${coordinate(box.height - 2)}" rx="4"/>` +
    `<text class="${look} ${title}" x="${coordinate(box.x + NODE_PADDING)}" y="${base}">${escapeXml(first.title)}</text>` +
    (text === ''
      ? ''
      : `<text class="${look} small" x="${coordinate(box.x + NODE_PADDING + first.title.length * TITLE_CHAR_WIDTH + 6)}" y="${base}">${escapeXml(text)}</text>`) +
    `${more === '' ? '' : `<text class="${look} name end" x="${coordinate(box.x + box.width - NODE_PADDING)}" y="${base}">${more}</text>`}</g>`
  );
}

/** The title of a node, in the largest size that fits. */
function svgNodeTitle(
  title: string,
  look: string,
  x: number,
  y: number,
  width: number,
  taken = 0,
): string {
  const room = width - 2 * NODE_PADDING - taken;
  const size =
    title.length * TITLE_CHAR_WIDTH <= room
      ? 'name'
      : title.length * 0.6 * 10 <= room
        ? 'name tiny'
        : 'name tiniest';
  return `<text class="${look} ${size}" x="${coordinate(x + NODE_PADDING)}" y="${coordinate(y)}">${escapeXml(title)}</text>`;
}

function svgObject(view: ObjectView): string {
  const { x, y, width, height } = view.placement;
  const room = textRowsIn(height);
  const access =
    view.access === undefined
      ? ''
      : fopsTitle(view.accessFlag, view.access).replace(/^access /, '');
  const rows = view.visibleFields.flatMap((name) => view.fields.filter((row) => row.name === name));
  const more = view.fields.length - rows.length;
  const right = access !== '' ? access : view.freed ? 'freed' : view.type;
  const fits =
    view.title.length * TITLE_CHAR_WIDTH + 6 + right.length * SMALL_CHAR_WIDTH <=
    width - 2 * NODE_PADDING;
  const head =
    svgNodeTitle(
      view.title,
      view.freed ? 'ink2 struck' : 'ink',
      x,
      y + (rows.length === 0 && room === 1 ? height / 2 + 4 : 15),
      width,
    ) +
    (fits || view.freed
      ? `<text class="${access === '' ? (view.freed ? 'badText' : 'ink2') : `${view.access ?? ''}Text`} small end${fits ? '' : ' halo paper-line'}" x="${coordinate(x + width - NODE_PADDING)}" y="${coordinate(fits ? y + 15 : y + 2)}">${escapeXml(right)}</text>`
      : '');
  const tip = `<title>${escapeXml(`struct ${view.type} ${view.title}${more > 0 ? `, ${more} more fields` : ''}`)}</title>`;
  let top = y + NODE_HEADER_HEIGHT - (room === 1 ? 4 : 0);
  return (
    tip +
    head +
    rows
      .map((row) => {
        const { lines, valueBelow: below, showsWaiterNames: named } = fitField(row, room);
        const base = top + (lines === 2 ? 12 : 11);
        top += lines * TEXT_ROW_HEIGHT;
        const end = (text: string, look: string, at: number): string =>
          `<text class="${look} end" x="${coordinate(x + width - NODE_PADDING)}" y="${coordinate(at)}">${escapeXml(text)}</text>`;
        const queue =
          row.queue.length === 0
            ? ''
            : named || lines === 2
              ? `◂ ${row.queue.map(({ name }) => name).join(' ◂ ')}`
              : `◂ ${row.queue.length}`;
        const look = row.owner
          ? `${processPaintAt(row.owner.process)}Text`
          : row.previous === undefined
            ? 'ink'
            : 'ink strongText';
        const first = svgText(
          row.name,
          'ink2 small',
          x + NODE_PADDING,
          base,
          width - 2 * NODE_PADDING,
        );
        if (lines === 1 && queue === '')
          return (
            first +
            end(
              fitFieldValue(row, width - 2 * NODE_PADDING - row.name.length * SMALL_CHAR_WIDTH - 5),
              look,
              base,
            )
          );
        if (lines === 1)
          return first + end([fieldViewText(row), queue].filter(Boolean).join(' '), look, base);
        if (below)
          return (
            first + end([fieldViewText(row), queue].filter(Boolean).join(' '), look, base + 14)
          );
        return first + end(fieldViewText(row), look, base) + end(queue, 'waitText', base + 14);
      })
      .join('')
  );
}

/** The value of a field in `room` px; at least the holder of a mutex. */
function fitFieldValue(row: FieldView, room: number): string {
  const whole = fieldViewText(row);
  if (whole.length * CHAR_WIDTH <= room || !row.owner) return whole;
  const { name } = row.owner;
  return `by ${name}`.length * CHAR_WIDTH <= room ? `by ${name}` : name;
}

function fieldViewText(row: FieldView): string {
  if (row.kind === 'mutex') return row.owner ? `held by ${row.owner.name}` : 'free';
  if (row.kind === 'bool') return row.text === '0' ? 'false' : 'true';
  return row.text;
}

function svgProcess(view: ProcessView): string {
  const { x, y, width } = view.placement;
  const alone = view.tasks.length === 1;
  const lines: { readonly text: string; readonly look: string }[] = view.tasks.flatMap((task) => {
    const { text } = fitCall(task, alone);
    const call = alone ? text : `${task.task.name} ${text}`;
    const waits = task.status === 'waiting';
    return [
      { text: `${waits ? '◂ ' : ''}${call}`, look: waits ? 'waitText' : 'ink' },
      { text: task.brief, look: waits ? 'waitText small' : 'ink2 small' },
    ];
  });
  const fds = view.fds.map((fd) => fd.name);
  if (!view.driver)
    lines.push(
      ...fdLines(fds, width - 2 * NODE_PADDING).map((text) => ({ text, look: 'ink2 small' })),
    );
  // Idle tasks give their line to a long fd table.
  const shownLines =
    lines.length > textRowsIn(view.placement.height)
      ? lines.filter(({ text }) => text !== '')
      : lines;
  return (
    svgProcessMark(view.process, x + NODE_PADDING, y + 5, MARK_SIZE) +
    svgNodeTitle(
      view.title,
      `${processPaintAt(view.process)}Text`,
      x + MARK_SIZE + 4,
      y + 15,
      width - MARK_SIZE - 4,
    ) +
    shownLines
      .map((each, i) =>
        each.text === ''
          ? ''
          : svgText(
              each.text,
              each.look,
              x + NODE_PADDING,
              y + NODE_HEADER_HEIGHT + i * TEXT_ROW_HEIGHT + 11,
              width - 2 * NODE_PADDING,
            ),
      )
      .join('')
  );
}

/** The names of fds, wrapped to lines of `room` px. */
function fdLines(fds: readonly string[], room: number): readonly string[] {
  if (fds.length === 0) return ['no fd open'];
  const lines: string[] = [];
  for (const fd of fds) {
    const last = lines.at(-1);
    if (last !== undefined && (last.length + 1 + fd.length) * SMALL_CHAR_WIDTH <= room)
      lines[lines.length - 1] = `${last} ${fd}`;
    else lines.push(lines.length === 0 ? `fds: ${fd}` : fd);
  }
  return lines;
}

/** A line of text; in a smaller font if it does not fit, then a little narrower, and if that is not enough, cut, with the whole text in a tooltip. */
function svgText(text: string, look: string, x: number, y: number, room: number): string {
  const small = look.includes('small') || text.length * CHAR_WIDTH > room;
  const narrow =
    small &&
    text.length * SMALL_CHAR_WIDTH > room &&
    text.length * SMALL_CHAR_WIDTH * MIN_NARROWING <= room;
  const most = narrow
    ? text.length
    : Math.max(1, Math.floor(room / (small ? SMALL_CHAR_WIDTH : CHAR_WIDTH)));
  const shown = text.length <= most ? text : `${text.slice(0, most - 1)}…`;
  const size = small && !look.includes('small') ? ' small' : '';
  return `<text class="${look}${size}" x="${coordinate(x)}" y="${coordinate(y)}"${narrow ? ` textLength="${coordinate(room)}" lengthAdjust="spacingAndGlyphs"` : ''}>${shown === text ? '' : `<title>${escapeXml(text)}</title>`}${escapeXml(shown)}</text>`;
}

function nameInId(id: string): string {
  return id.slice(id.indexOf(':') + 1);
}

/** A coordinate with one decimal. */
function coordinate(value: number): string {
  return String(Math.round(value * 10) / 10);
}
