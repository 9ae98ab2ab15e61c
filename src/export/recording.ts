import { designTitle } from '../kernel/language/design';
import type { Rect } from '../graph/layout/geometry';
import { NARROW_SHAPE, type LayoutShape } from '../graph/layout/graphLayout';
import type { Graph, NodeView } from '../graph/model/graph';
import { assignCaptions } from '../scenario/run/captions';
import type { Trace } from '../scenario/run/trace';
import { consequenceOf } from './consequence';
import type { ExportOptions } from './export';
import { relevantLines } from './formats/interleaving';
import { wrapText } from './format';
import { drawGraph, graphAfter, graphDocument, layoutForSteps, MARGIN } from './graphDrawing';
import { drawLegend, legendLines } from './graphLegend';
import { escapeXml } from './xml';

/** A recording is this wide, px, so that it is readable in a mail, a README or a slide. */
const RECORDING_WIDTH = 800;
/** Of the graph: its smallest type, 10 px, is 12 px high. */
const SCALE = 1.2;
/** A graph that fits into the width at this scale is not moved to the side. */
const MIN_SCALE = 1.08;
const MAX_GRAPH_HEIGHT = 620;
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
/** Around what the camera shows, in px of the graph. */
const CAMERA_MARGIN = 14;

/** Where the graph is: its translation in px of the recording, and its scale, which is the same in all frames. */
interface CameraPosition {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** One step of a recording. */
interface RecordingFrame {
  /** The elements of the graph, layer by layer from back to front. */
  readonly layers: readonly (readonly string[])[];
  readonly camera: CameraPosition;
  /** The lines of text below the graph, as elements. */
  readonly text: readonly string[];
  readonly seconds: number;
}

/** A run between two points, as frames of one size. */
export interface Recording {
  readonly trace: Trace;
  readonly options: ExportOptions;
  readonly box: Rect;
  /** The place of the graph in the box. */
  readonly stage: Rect;
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
  const scale = Math.max(MIN_SCALE, Math.min(SCALE, RECORDING_WIDTH / bounds.width));
  const stage: Rect = {
    x: 0,
    y: TITLE_HEIGHT,
    width: RECORDING_WIDTH,
    height: Math.min(MAX_GRAPH_HEIGHT, Math.ceil(bounds.height * scale)),
  };
  const lines = snapshots.map(({ event, caption }) => ({
    event: textLines(event, EVENT_LINE),
    caption: textLines(caption, CAPTION_LINE),
  }));
  const max = (key: 'event' | 'caption'): number =>
    Math.max(...lines.map((each) => each[key].length));
  const textHeight = max('event') * EVENT_LINE.height + max('caption') * CAPTION_LINE.height + 14;
  const legend = legendLines(graphs, RECORDING_WIDTH / LEGEND_SCALE);
  const legendHeight = (legend.length + 1) * 18 * LEGEND_SCALE + 14;
  const top = stage.y + stage.height;
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
  let camera: CameraPosition | undefined;
  const frames = snapshots.map(({ graph }, index): RecordingFrame => {
    const before = snapshots[index - 1]?.graph ?? graph;
    camera = cameraFor(changedNodes(graph, before), bounds, { stage, scale }, camera);
    const { event = [], caption = [] } = lines[index] ?? {};
    const eventsTop = top + 8 + EVENT_LINE.height * 0.75;
    const captionTop = eventsTop + event.length * EVENT_LINE.height + 4;
    return {
      layers: [...drawGraph(graph), outlines(graph, before)],
      camera,
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
    stage,
    frames,
    fixed: [
      `<g transform="scale(${LEGEND_SCALE})">${drawLegend(legend, legendBox, 1).join('')}<text class="ink2" x="${MARGIN}" y="${coordinate(legendBox.height - 10)}">${escapeXml(footer)}</text></g>`,
    ],
  };
}

/** A document of a recording with this graph and text. The graph has the class `camera`. */
export function recordingDocument(
  { trace, options, box, stage, fixed }: Recording,
  {
    graph,
    text,
    camera,
    style = '',
  }: {
    readonly graph: readonly string[];
    readonly text: readonly string[];
    readonly camera: CameraPosition;
    readonly style?: string;
  },
): string {
  return graphDocument(trace, {
    box,
    theme: options.theme,
    property: options.property,
    style: `.event{font-size:${EVENT_LINE.size}px;font-weight:700}.say{font-size:${CAPTION_LINE.size}px}.camera{transform:${cameraTransform(camera)}}${style}`,
    elements: [
      `<clipPath id="stage"><rect x="${stage.x}" y="${stage.y}" width="${stage.width}" height="${stage.height}"/></clipPath>`,
      `<g clip-path="url(#stage)"><g class="camera">`,
      ...graph,
      '</g></g>',
      ...text,
      ...fixed,
    ],
  });
}

/** One frame as a document, with the graph anywhere: a camera that moves is several documents. */
function frameDocument(
  recording: Recording,
  frame: RecordingFrame,
  camera: CameraPosition,
): string {
  return recordingDocument(recording, { graph: frame.layers.flat(), text: frame.text, camera });
}

/** The CSS transform of a camera position. */
export function cameraTransform({ x, y, scale }: CameraPosition): string {
  return `translate(${coordinate(x)}px,${coordinate(y)}px) scale(${rounded(scale)})`;
}

interface RecordedSnapshot {
  readonly graph: Graph;
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
  const shown = [...indices].map((index): RecordedSnapshot => {
    const linesOfStep = lines.filter(({ step }) => step === index);
    const events = [...new Set(linesOfStep.map(({ task }) => task))].map((task) => {
      const texts = linesOfStep.filter((line) => line.task === task).map(({ text }) => text);
      return `${program.tasks[task]?.name ?? ''}: ${texts.join('  ')}`;
    });
    // The step before a task blocks belongs to another frame.
    const blocks = linesOfStep.some(({ kind }) => kind === 'blocks');
    const description = blocks ? '' : (steps[index]?.texts.join('; ') ?? '');
    return {
      graph: graphAfter(trace, index + 1, layout),
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

/** The nodes that differ from the graph before; all of them in the first frame. */
function changedNodes({ nodes }: Graph, before: Graph): readonly NodeView[] {
  const known = new Set(before.nodes.map((node) => JSON.stringify(node)));
  const changed = nodes.filter((node) => !known.has(JSON.stringify(node)));
  // What the process acts on matters more than the process.
  return changed.toSorted((a, b) => Number(a.kind === 'process') - Number(b.kind === 'process'));
}

/** An outline around each node that differs from the graph before. */
function outlines(graph: Graph, before: Graph): readonly string[] {
  return changedNodes(graph, before).map(
    ({ placement: { x, y, width, height } }) =>
      `<rect class="edge strong" stroke-width="3" x="${x - 3}" y="${y - 3}" width="${width + 6}" height="${height + 6}" rx="8"/>`,
  );
}

/**
 * Moves as little as needed to show these nodes, as many as fit. The graph never leaves the stage further than its bounds; where it
 * is smaller than the stage it is in the middle.
 */
function cameraFor(
  nodes: readonly NodeView[],
  bounds: Rect,
  { stage, scale }: { readonly stage: Rect; readonly scale: number },
  before: CameraPosition | undefined,
): CameraPosition {
  const axis = (start: 'x' | 'y', length: 'width' | 'height', old: number | undefined): number => {
    const room = stage[length];
    const size = bounds[length] * scale;
    const min = stage[start] + room - (bounds[start] + bounds[length]) * scale;
    const max = stage[start] - bounds[start] * scale;
    if (size <= room + 1) return (min + max) / 2;
    let position = Math.max(min, Math.min(max, old ?? max));
    // The first node matters most: it is moved into view last.
    for (const { placement } of nodes.toReversed()) {
      const low = (placement[start] - CAMERA_MARGIN) * scale + position;
      const high = (placement[start] + placement[length] + CAMERA_MARGIN) * scale + position;
      if (low < stage[start]) position += stage[start] - low;
      else if (high > stage[start] + room) position += stage[start] + room - high;
    }
    return Math.max(min, Math.min(max, position));
  };
  return { scale, x: axis('x', 'width', before?.x), y: axis('y', 'height', before?.y) };
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

/** A picture of a recording that stands still for some time. */
export interface Still {
  readonly svg: string;
  readonly seconds: number;
}

/** How long the camera moves at the start of a frame, s. */
export const MOVE_SECONDS = 0.4;
const MOVE_STILLS = 5;

/** A recording as pictures in their order: each frame, and before it the move of the camera if there is one. */
export function stillsOf(recording: Recording): readonly Still[] {
  return recording.frames.flatMap((frame, index) => {
    const { camera, seconds } = frame;
    const before = recording.frames[index - 1]?.camera ?? camera;
    if (before.x === camera.x && before.y === camera.y)
      return [{ svg: frameDocument(recording, frame, camera), seconds }];
    const moves = Array.from({ length: MOVE_STILLS }, (_, move): Still => {
      const part = (move + 0.5) / MOVE_STILLS;
      const eased = part * part * (3 - 2 * part);
      return {
        svg: frameDocument(recording, frame, {
          ...camera,
          x: before.x + (camera.x - before.x) * eased,
          y: before.y + (camera.y - before.y) * eased,
        }),
        seconds: MOVE_SECONDS / MOVE_STILLS,
      };
    });
    return [
      ...moves,
      { svg: frameDocument(recording, frame, camera), seconds: seconds - MOVE_SECONDS },
    ];
  });
}
