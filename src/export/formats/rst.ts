import type { Export } from '../export';
import type { Trace } from '../../scenario/run/trace';
import { altText } from '../altText';
import { interleavingText, type InterleavingOptions } from './interleaving';
import { fileStem } from '../snippets';
import { toAscii, wrapText } from '../format';

/** reStructuredText for the kernel documentation: a `kernel-figure` with `:alt:`, and the interleaving as a code block. */
export const rstExport: Export = {
  id: 'rst',
  title: 'reStructuredText snippet',
  extension: 'rst',
  order: 90,
  make: rstText,
};

function rstText(trace: Trace, options: InterleavingOptions = {}): string {
  const escape = (text: string): string => toAscii(text).replaceAll(/([\\`*_|])/g, '\\$1');
  const name = fileStem(trace.scenario.title);
  const indent = (lines: readonly string[], by: number): string[] =>
    lines.map((line) => (line === '' ? '' : ' '.repeat(by) + line));
  const alt = indent(wrapText(escape(altText(trace)), 64, 0), 8);
  const caption = indent(
    wrapText(escape(trace.scenario.title || 'A run of the VFIO playground'), 66, 0),
    4,
  );
  return `${[`.. kernel-figure:: ${name}.svg`, '    :alt:', ...alt, '', ...caption, '', '.. code-block:: none', '', ...indent(interleavingText(trace, options).trimEnd().split('\n'), 0).map((line) => (line === '' ? '' : ` ${line}`))].join('\n')}\n`;
}
