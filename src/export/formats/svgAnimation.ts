import type { Trace } from '../../scenario/run/trace';
import type { Export, ExportOptions } from '../export';
import { recordingDocument, recordingOf, type Recording } from '../recording';

/** The whole graph between two points of the run in an endless loop of CSS keyframes. */
export const svgAnimationExport: Export = {
  id: 'animation',
  title: 'Animated graph as SVG',
  extension: 'svg',
  order: 65,
  isAnimated: true,
  make: svgAnimation,
};

function svgAnimation(trace: Trace, options: ExportOptions = {}): string {
  const recording = recordingOf(trace, options);
  const { frames } = recording;
  const starts = startsOf(recording);
  const graph = showInFrames(
    frames.map(({ layers }) => layers),
    starts,
    'f',
  );
  const text = showInFrames(
    frames.map((frame) => [frame.text]),
    starts,
    't',
  );
  return recordingDocument(recording, {
    graph: graph.elements,
    text: text.elements,
    // Readers who prefer reduced motion see the last frame.
    style: `${graph.still}${text.still}@media (prefers-reduced-motion:no-preference){${graph.moving}${text.moving}}`,
  });
}

/** When each frame starts, in seconds, and the end. */
function startsOf({ frames }: Recording): readonly number[] {
  const starts = [0];
  for (const { seconds } of frames) starts.push((starts.at(-1) ?? 0) + seconds);
  return starts;
}

/** Every element of the frames once, layer by layer, with rules that show it in its frames only. */
function showInFrames(
  frames: readonly (readonly (readonly string[])[])[],
  starts: readonly number[],
  prefix: string,
): { readonly elements: readonly string[]; readonly still: string; readonly moving: string } {
  const classes = new Map<string, string>();
  const elements = (frames[0] ?? []).flatMap((_, layer) => {
    const framesByElement = new Map<string, Set<number>>();
    frames.forEach((layers, frame) => {
      for (const element of layers[layer] ?? [])
        framesByElement.set(element, (framesByElement.get(element) ?? new Set()).add(frame));
    });
    return [...framesByElement].map(([element, shownIn]) => {
      if (shownIn.size === frames.length) return element;
      const visibility = frames.map((_frame, frame) => (shownIn.has(frame) ? '1' : '0')).join('');
      const name = classes.get(visibility) ?? `${prefix}${classes.size}`;
      classes.set(visibility, name);
      return `<g class="${name}">${element}</g>`;
    });
  });
  const seconds = starts.at(-1) ?? 0;
  return {
    elements,
    still: [...classes]
      .flatMap(([visibility, name]) =>
        visibility.endsWith('0') ? `.${name}{visibility:hidden}` : [],
      )
      .join(''),
    moving: [...classes]
      .map(
        ([visibility, name]) =>
          `.${name}{animation:${name} ${rounded(seconds)}s step-end infinite}@keyframes ${name}{${keyframes(visibility, starts)}}`,
      )
      .join(''),
  };
}

/** A keyframe for each change of a visibility, such as `0011`. */
function keyframes(visibility: string, starts: readonly number[]): string {
  return visibility
    .split('')
    .map((shown, frame) =>
      shown === visibility[frame - 1]
        ? ''
        : `${percent(starts[frame] ?? 0, starts)}{visibility:${shown === '1' ? 'visible' : 'hidden'}}`,
    )
    .join('');
}

function percent(seconds: number, starts: readonly number[]): string {
  return `${rounded((seconds / (starts.at(-1) ?? 1)) * 100)}%`;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
