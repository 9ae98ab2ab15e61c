import { designTitle } from '../kernel/language/design';
import type { Rect } from '../graph/layout/geometry';
import { NARROW_SHAPE, type LayoutShape } from '../graph/layout/graphLayout';
import { accessFlagOf } from '../graph/model/accessText';
import type { Graph, NodeView } from '../graph/model/graph';
import { taskRef } from '../graph/model/taskWaits';
import { assignCaptions } from '../scenario/run/captions';
import type { Trace } from '../scenario/run/trace';
import { consequenceOf } from './consequence';
import type { ExportOptions } from './export';
import { relevantLines } from './formats/interleaving';
import { wrapText } from './format';
import { graphDocument, MARGIN } from './graphDocument';
import { drawGraph } from './graphDrawing';
import { graphAfter, layoutForSteps } from './runGraph';
import { processPaintAt } from './svgPaint';
import { drawLegend, legendLines } from './graphLegend';
import { escapeXml } from './xml';

/** A recording is this wide, px, so that it is readable in a mail, a README or a slide. */
const RECORDING_WIDTH = 800;
/** Of the graph: its smallest usual type, 10 px, is 12 px high. */
const MAX_SCALE = 1.2;
/** Of the legend and the last line: 12 px high. */
const LEGEND_SCALE = 1.1;
/** As many columns as fit beside each other. */
const SHAPE: LayoutShape = { ...NARROW_SHAPE, columns: 4 };
const TITLE_HEIGHT = 44;
const SECONDS_PER_FRAME = 1.8;
/** The last frame stays this long before the recording starts again. */
const LAST_FRAME_SECONDS = 4;
const EVENT_LINE = { size: 14, height: 19, maxLines: 2 };
const CAPTION_LINE = { size: 16, height: 22, maxLines: 4 };
/** Width of a character of the generic monospaced fonts, as a part of the font size. */
const CHAR_WIDTH = 0.61;

/** One step of a recording. */
interface RecordingFrame {
  /** The elements of the graph, layer by layer from back to front. */
  readonly layers: readonly (readonly string[])[];
  /** The lines of text below the graph, as elements. */
  readonly text: readonly string[];
  readonly seconds: number;
}

/** A run between two points, as frames of one size. */
export interface Recording {
  readonly trace: Trace;
  readonly options: ExportOptions;
  readonly box: Rect;
  /** The SVG transform that puts the graph into its place, the same in all frames. */
  readonly transform: string;
  readonly frames: readonly RecordingFrame[];
  /** What all frames have: the legend and the last line. */
  readonly fixed: readonly string[];
}

/**
 * The state at step `from` (0 by default) and after every step up to `until` (by default the end) that affects the outcome; with
 * `full` after every step. If none of them affects the outcome, every step is shown.
 */
export function recordingOf(trace: Trace, options: ExportOptions = {}): Recording {
  const snapshots = snapshotsOf(trace, options);
  const graphs = snapshots.map(({ graph }) => graph);
  const bounds = boundsOf(graphs);
  const scale = Math.min(MAX_SCALE, RECORDING_WIDTH / bounds.width);
  const left = (RECORDING_WIDTH - bounds.width * scale) / 2 - bounds.x * scale;
  const lines = snapshots.map(({ event, caption }) => ({
    event: textLines(event, EVENT_LINE),
    caption: textLines(caption, CAPTION_LINE),
  }));
  const max = (key: 'event' | 'caption'): number =>
    Math.max(...lines.map((each) => each[key].length));
  const textHeight = max('event') * EVENT_LINE.height + max('caption') * CAPTION_LINE.height + 14;
  const legend = legendLines(
    graphs,
    RECORDING_WIDTH / LEGEND_SCALE,
    accessFlagOf(trace.program.model),
  );
  const legendHeight = (legend.length + 1) * 18 * LEGEND_SCALE + 14;
  const top = TITLE_HEIGHT + Math.ceil(bounds.height * scale);
  const box: Rect = {
    x: 0,
    y: 0,
    width: RECORDING_WIDTH,
    height: Math.ceil(top + textHeight + legendHeight),
  };
  const footer = `${designTitle(trace.program.design, trace.program.options)}; simulated by vfio-playground`;
  const legendBox: Rect = {
    x: 0,
    y: 0,
    width: box.width / LEGEND_SCALE,
    height: box.height / LEGEND_SCALE,
  };
  const frames = snapshots.map(({ graph, process }, index): RecordingFrame => {
    const before = snapshots[index - 1]?.graph ?? graph;
    const { event = [], caption = [] } = lines[index] ?? {};
    const eventsTop = top + 8 + EVENT_LINE.height * 0.75;
    const captionTop = eventsTop + event.length * EVENT_LINE.height + 4;
    return {
      layers: [...drawGraph(graph), outlines(graph, before, process)],
      text: [
        ...event.map((line, i) => textElement('event', line, eventsTop + i * EVENT_LINE.height)),
        ...caption.map((line, i) => textElement('say', line, captionTop + i * CAPTION_LINE.height)),
      ],
      seconds: index === snapshots.length - 1 ? LAST_FRAME_SECONDS : SECONDS_PER_FRAME,
    };
  });
  return {
    trace,
    options,
    box,
    transform: `translate(${coordinate(left)} ${coordinate(TITLE_HEIGHT - bounds.y * scale)}) scale(${rounded(scale)})`,
    frames,
    fixed: [
      `<g transform="scale(${LEGEND_SCALE})">${drawLegend(legend, legendBox, 1).join('')}<text class="ink2" x="${MARGIN}" y="${coordinate(legendBox.height - 10)}">${escapeXml(footer)}</text></g>`,
    ],
  };
}

/** A document of a recording with this graph and text. */
export function recordingDocument(
  { trace, options, box, transform, fixed }: Recording,
  {
    graph,
    text,
    style = '',
  }: {
    readonly graph: readonly string[];
    readonly text: readonly string[];
    readonly style?: string;
  },
): string {
  return graphDocument(trace, {
    box,
    theme: options.theme,
    property: options.property,
    style: `.event{font-size:${EVENT_LINE.size}px;font-weight:700}.say{font-size:${CAPTION_LINE.size}px}${style}`,
    elements: [`<g transform="${transform}">`, ...graph, '</g>', ...text, ...fixed],
  });
}

interface RecordedSnapshot {
  readonly graph: Graph;
  /** Index of the process of the step; undefined before the first one. */
  readonly process: number | undefined;
  /** What happened, and the caption of the scenario or a description of the step. */
  readonly event: string;
  readonly caption: string;
}

function snapshotsOf(
  trace: Trace,
  { full, property, from = 0, until = trace.steps.length }: ExportOptions,
): readonly RecordedSnapshot[] {
  const { program, steps, scenario } = trace;
  const captions = assignCaptions(
    scenario.beats,
    steps.map(({ task, step }) => ({ by: program.tasks[task]?.name, at: step.id })),
  );
  const linesIn = (all: boolean | undefined) =>
    relevantLines(trace, { full: all, property }).lines.filter(
      ({ step }) => step >= from && step < until,
    );
  const relevant = full ? [] : linesIn(false);
  const lines = relevant.length > 0 ? relevant : linesIn(true);
  const indices =
    relevant.length > 0
      ? new Set(lines.map(({ step }) => step))
      : Array.from({ length: until - from }, (_, index) => from + index);
  const layout = layoutForSteps(trace, [from, ...[...indices].map((index) => index + 1)], SHAPE);
  let before = from;
  const shown = [...indices].map((index): RecordedSnapshot => {
    const linesOfStep = lines.filter(({ step }) => step === index);
    const events = [...new Set(linesOfStep.map(({ task }) => task))].map((task) => {
      const texts = linesOfStep.filter((line) => line.task === task).map(({ text }) => text);
      return `${program.tasks[task]?.name ?? ''}: ${texts.join('  ')}`;
    });
    // The step before a task blocks belongs to another frame.
    const blocks = linesOfStep.some(({ kind }) => kind === 'blocks');
    const description = blocks ? '' : (steps[index]?.texts.join('; ') ?? '');
    const graph = graphAfter(trace, index + 1, layout, before);
    before = index + 1;
    const task = steps[index]?.task;
    return {
      graph,
      process: task === undefined ? undefined : taskRef(program, task).process,
      event: events.join('   '),
      caption: captions[index]?.say ?? description,
    };
  });
  // The badge of a violation has room for a few words only; the last frame stays long enough to read the outcome.
  const last = shown.at(-1);
  if (last && until === trace.steps.length)
    shown[shown.length - 1] = {
      ...last,
      caption: [last.caption.replace(/[^.!?]$/, '$&.'), consequenceOf(trace, property)]
        .filter(Boolean)
        .join(' '),
    };
  const caption = from > 0 ? captions.slice(0, from).findLast(Boolean)?.say : undefined;
  return [
    {
      graph: graphAfter(trace, from, layout),
      process: undefined,
      event: from === 0 ? 'Before the first step' : `After step ${from}`,
      caption: caption ?? (from === 0 ? scenario.about : ''),
    },
    ...shown,
  ];
}

function textLines(
  text: string,
  { size, maxLines }: { readonly size: number; readonly maxLines: number },
): readonly string[] {
  const columns = Math.floor((RECORDING_WIDTH - 2 * MARGIN) / (size * CHAR_WIDTH));
  if (text === '') return [];
  const lines = wrapText(text, columns, 0);
  const last = lines[maxLines - 1] ?? '';
  return lines.length <= maxLines
    ? lines
    : [...lines.slice(0, maxLines - 1), `${last.slice(0, columns - 2)} …`];
}

function textElement(look: 'event' | 'say', text: string, y: number): string {
  return `<text class="ink ${look}" x="${MARGIN}" y="${coordinate(y)}">${escapeXml(text)}</text>`;
}

/** The nodes that differ from the graph before. */
function changedNodes({ nodes }: Graph, before: Graph): readonly NodeView[] {
  // Fields that only a change makes visible are no change.
  const contentOf = (node: NodeView): string =>
    JSON.stringify(node, (key, value: unknown) =>
      key === 'previous' || key === 'visibleFields' ? undefined : value,
    );
  const known = new Set(before.nodes.map(contentOf));
  return nodes.filter((node) => !known.has(contentOf(node)));
}

/** An outline in the colour of the process around each node that differs from the graph before. */
function outlines(graph: Graph, before: Graph, process = -1): readonly string[] {
  return changedNodes(graph, before).map(
    ({ placement: { x, y, width, height } }) =>
      `<rect class="edge ${processPaintAt(process)}" stroke-width="3" x="${x - 3}" y="${y - 3}" width="${width + 6}" height="${height + 6}" rx="8"/>`,
  );
}

/** The graphs with their badges and labels, px of the graph. */
function boundsOf(graphs: readonly Graph[]): Rect {
  const rects: readonly Rect[] = graphs.flatMap(({ nodes, zones, edges }) => [
    ...nodes.map(({ placement }) => placement),
    ...zones,
    ...edges.map(({ labelPosition: { x, y } }) => ({ x, y: y - 8, width: 0, height: 16 })),
  ]);
  const [left, top] = [Math.min(...rects.map(({ x }) => x)), Math.min(...rects.map(({ y }) => y))];
  const right = Math.max(...rects.map(({ x, width }) => x + width));
  const bottom = Math.max(...rects.map(({ y, height }) => y + height));
  const margin = 10;
  return {
    x: left - margin,
    y: top - margin,
    width: right - left + 2 * margin,
    // Badges hang below the last row.
    height: bottom - top + 2 * margin + 14,
  };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function coordinate(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** A picture of a recording, and how long it is shown. */
export interface Still {
  readonly svg: string;
  readonly seconds: number;
}

/** The frames of a recording as pictures. */
export function stillsOf(recording: Recording): readonly Still[] {
  return recording.frames.map(({ layers, text, seconds }) => ({
    svg: recordingDocument(recording, { graph: layers.flat(), text }),
    seconds,
  }));
}
