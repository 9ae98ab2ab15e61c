import type { EdgeView } from '../graph/model/graph';
import type { ArrowHead } from '../graph/routing/arrowHeads';

/** Maximum character widths of the generic monospaced fonts, for the font sizes of the style sheet. */
export const CHAR_WIDTH = 6.7;

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

/** The style sheet of a graph. `auto` follows the reader's colour scheme. */
export function styleSheet(theme: 'light' | 'dark' | 'auto'): string {
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
