import type { Export, ExportOptions } from '../export';
import type { Trace } from '../../scenario/run/trace';
import { altText } from '../altText';
import { interleavingText, runAddress } from './interleaving';
import { toAscii, wrapText } from '../format';

/** Markdown: the title, the alternative text, the interleaving as a code block, and a link to the run. */
export const markdownExport: Export = {
  id: 'markdown',
  title: 'Markdown snippet',
  extension: 'md',
  order: 100,
  make: markdownText,
};

function markdownText(trace: Trace, options: ExportOptions = {}): string {
  const escape = (text: string): string => toAscii(text).replaceAll(/([\\`*_[\]<>#])/g, '\\$1');
  const title = escape(trace.scenario.title);
  const address = runAddress(trace, options);
  const lines = [
    ...(title === '' ? [] : [...wrapText(`### ${title}`, 72, 0).slice(0, 1), '']),
    ...wrapText(escape(altText(trace, options.property)), 72, 0),
    '',
    '```text',
    interleavingText(trace, { ...options, base: undefined }).trimEnd(),
    '```',
    ...(address === undefined ? [] : ['', `[Open this run in the playground](${address})`]),
  ];
  return `${lines.join('\n')}\n`;
}
