import type { Export } from '../export';
import type { Trace } from '../../scenario/run/trace';
import { altText } from '../altText';
import { interleavingText, type InterleavingOptions } from './interleaving';
import { toAscii, wrapText } from '../format';

/** Markdown: the title, the alternative text, and the interleaving as a code block. */
export const markdownExport: Export = {
  id: 'markdown',
  title: 'Markdown snippet',
  extension: 'md',
  order: 100,
  make: markdownText,
};

function markdownText(trace: Trace, options: InterleavingOptions = {}): string {
  const title = toAscii(trace.scenario.title).replaceAll(/([\\`*_[\]<>#])/g, '\\$1');
  const alt = toAscii(altText(trace)).replaceAll(/([\\`*_[\]<>#])/g, '\\$1');
  return `${[...(title === '' ? [] : [...wrapText(`### ${title}`, 72, 0).slice(0, 1), '']), ...wrapText(alt, 72, 0), '', '```text', interleavingText(trace, options).trimEnd(), '```'].join('\n')}\n`;
}
