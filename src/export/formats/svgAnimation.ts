import { designTitle } from '../../kernel/language/design';
import { layOutGraph } from '../../graph/layout/graphLayout';
import type { Graph } from '../../graph/model/graph';
import { assignCaptions } from '../../scenario/run/captions';
import type { Trace } from '../../scenario/run/trace';
import type { Export, ExportOptions } from '../export';
import { drawGraph, footerLine, graphAfter, graphDocument, viewBoxOf } from '../graphDrawing';
import { drawLegend, legendLines } from '../graphLegend';
import { relevantLines } from './interleaving';

/** The graph after every step that affects the outcome, or with `full` after every step, in an endless loop of CSS keyframes. */
export const svgAnimationExport: Export = {
  id: 'animation',
  title: 'Animated graph as SVG',
  extension: 'svg',
  order: 65,
  make: svgAnimation,
};

const SECONDS_PER_FRAME = 1.6;
/** Frames for which the last one stays. */
const LAST_FRAME_REPEATS = 2;

interface Frame {
  readonly graph: Graph;
  /** What happened, and the caption of the scenario or a description of the step. */
  readonly lines: readonly [string, string];
}

function svgAnimation(trace: Trace, options: ExportOptions = {}): string {
  const { theme } = options;
  const frames = framesOf(trace, options);
  const graphs = frames.map(({ graph }) => graph);
  const legend = legendLines(graphs, viewBoxOf(graphs).width);
  const box = viewBoxOf(graphs, 3 + legend.length);
  const footer = `${designTitle(trace.program.design, trace.program.options)}; simulated by vfio-playground`;
  const layers = frames.map(({ graph, lines: [event, explanation] }, index) => [
    ...drawGraph(graph),
    outlines(graph, frames[index - 1]?.graph ?? graph),
    [footerLine(box, event, 2, 'ink name'), footerLine(box, explanation, 1, 'ink')],
  ]);
  const { elements, style } = animateLayers(layers);
  return graphDocument(trace, {
    box,
    theme,
    style,
    property: options.property,
    elements: [...elements, ...drawLegend(legend, box, 3), footerLine(box, footer)],
  });
}

function framesOf(
  trace: Trace,
  { full, property }: Pick<ExportOptions, 'full' | 'property'>,
): readonly Frame[] {
  const { program, steps } = trace;
  const layout = layOutGraph(program);
  const captions = assignCaptions(
    trace.scenario.beats,
    steps.map(({ task, step }) => ({ by: program.tasks[task]?.name, at: step.id })),
  );
  const { lines } = relevantLines(trace, { full, property });
  return [...new Set(lines.map(({ step }) => step))].map((index) => {
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
      lines: [events.join('   '), captions[index]?.say ?? description],
    };
  });
}

/** An outline around each node that differs from the graph before. */
function outlines({ nodes }: Graph, before: Graph): readonly string[] {
  const known = new Set(before.nodes.map((node) => JSON.stringify(node)));
  return nodes
    .filter((node) => !known.has(JSON.stringify(node)))
    .map(
      ({ placement: { x, y, width, height } }) =>
        `<rect class="tie strong" stroke-width="3" x="${x - 3}" y="${y - 3}" width="${width + 6}" height="${height + 6}" rx="8"/>`,
    );
}

/** Every element of the frames once, layer by layer, with keyframes that show it in its frames. */
function animateLayers(frames: readonly (readonly (readonly string[])[])[]): {
  readonly elements: readonly string[];
  readonly style: string;
} {
  const classes = new Map<string, string>();
  const elements = (frames[0] ?? []).flatMap((_, layer) => {
    const framesByElement = new Map<string, Set<number>>();
    frames.forEach((layers, frame) => {
      for (const element of layers[layer] ?? [])
        framesByElement.set(element, (framesByElement.get(element) ?? new Set()).add(frame));
    });
    return [...framesByElement].map(([element, shownIn]) => {
      if (shownIn.size === frames.length) return element;
      const visibility = frames.map((_, frame) => (shownIn.has(frame) ? '1' : '0')).join('');
      const name = classes.get(visibility) ?? `f${classes.size}`;
      classes.set(visibility, name);
      return `<g class="${name}">${element}</g>`;
    });
  });
  const seconds = Math.round((frames.length + LAST_FRAME_REPEATS) * SECONDS_PER_FRAME);
  const hiddenAtEnd = [...classes].filter(([visibility]) => visibility.endsWith('0'));
  const animations = [...classes].map(
    ([visibility, name]) =>
      `.${name}{animation:${name} ${seconds}s step-end infinite}@keyframes ${name}{${keyframes(visibility)}}`,
  );
  // Readers who prefer reduced motion see the last frame.
  const style =
    hiddenAtEnd.map(([, name]) => `.${name}{visibility:hidden}`).join('') +
    `@media (prefers-reduced-motion:no-preference){${animations.join('')}}`;
  return { elements, style };
}

/** A keyframe for each change of a visibility, such as `0011`. */
function keyframes(visibility: string): string {
  return visibility
    .split('')
    .map((shown, frame) =>
      shown === visibility[frame - 1]
        ? ''
        : `${percent(frame, visibility.length)}%{visibility:${shown === '1' ? 'visible' : 'hidden'}}`,
    )
    .join('');
}

function percent(frame: number, frames: number): string {
  return String(Math.round((frame * 10_000) / (frames + LAST_FRAME_REPEATS)) / 100);
}
