import type { CompanionFile, Export, ExportOptions } from '../export';
import type { Trace } from '../../scenario/run/trace';
import { altText } from '../altText';
import { interleavingText, runAddress } from './interleaving';
import { fileStem } from '../snippets';
import { svgTimeline } from './svgTimeline';
import { toAscii, wrapText } from '../format';

/** reStructuredText for the kernel documentation: a `kernel-figure` with `:alt:`, and the interleaving as a code block. */
export const rstExport: Export = {
  id: 'rst',
  title: 'reStructuredText for the kernel',
  extension: 'rst',
  order: 90,
  make: (trace, options) => rstText('kernel-figure', trace, options),
  companions: figureOf,
};

/** The timeline, under the name that the text has for it. */
export function figureOf(trace: Trace, options: ExportOptions = {}): readonly CompanionFile[] {
  return [{ fileName: figureName(trace), text: svgTimeline(trace, options) }];
}

function figureName(trace: Trace): string {
  return `${fileStem(trace.scenario.title)}.svg`;
}

/** The text with a figure directive: `kernel-figure` needs the kernel's Sphinx extension, `figure` nothing. */
export function rstText(
  directive: 'figure' | 'kernel-figure',
  trace: Trace,
  options: ExportOptions = {},
): string {
  const escape = (text: string): string => toAscii(text).replaceAll(/([\\`*_|])/g, '\\$1');
  const indent = (lines: readonly string[], by: number): string[] =>
    lines.map((line) => (line === '' ? '' : ' '.repeat(by) + line));
  const alt = wrapText(escape(altText(trace, options.property)), 64, 0);
  const caption = wrapText(escape(trace.scenario.title || 'A run of the VFIO playground'), 66, 0);
  const address = runAddress(trace, options);
  const lines = [
    `.. ${directive}:: ${figureName(trace)}`,
    '    :alt:',
    ...indent(alt, 8),
    '',
    ...indent(caption, 4),
    '',
    '.. code-block:: none',
    '',
    ...indent(
      interleavingText(trace, { ...options, base: undefined })
        .trimEnd()
        .split('\n'),
      1,
    ),
    ...(address === undefined ? [] : ['', `\`Open this run in the playground <${address}>\`__`]),
  ];
  return `${lines.join('\n')}\n`;
}
