import { modifiedDesignText } from '../../kernel/language/design';
import type { Export, ExportOptions } from '../export';
import type { Trace } from '../../scenario/run/trace';
import { subjectViolation } from '../consequence';
import { relevantLines } from './interleaving';
import { toAscii } from '../format';

/** A run as a Mermaid sequence diagram: tasks and the kernel, one message or note per line. */
export const mermaidExport: Export = {
  id: 'mermaid',
  title: 'Mermaid sequence diagram',
  extension: 'mmd',
  order: 40,
  make: mermaidText,
};

function mermaidText(trace: Trace, options: ExportOptions = {}): string {
  const { lines: traceLines } = relevantLines(trace, options);
  const tasks = trace.program.tasks.filter((task) =>
    traceLines.some((line) => line.task === task.index),
  );
  const note = modifiedDesignText(trace.program.design);
  const lines = [
    'sequenceDiagram',
    ...(note === undefined ? [] : [`  %% ${toAscii(trace.program.design.id)}, ${note}`]),
    ...tasks.map((task) => `  participant T${task.index} as ${escapeMermaid(task.name)}`),
    '  participant K as kernel',
  ];
  for (const line of traceLines) {
    const text = escapeMermaid(line.text.replaceAll(/^\/\* | \*\/$/g, ''));
    if (line.kind === 'call') lines.push(`  T${line.task}->>K: ${text}`);
    else if (line.kind === 'result') lines.push(`  K-->>T${line.task}: ${text.replace(/^= /, '')}`);
    else lines.push(`  Note over T${line.task}: ${text}`);
  }
  const violation = subjectViolation(trace, options.property);
  if (violation)
    lines.push(
      `  Note over T${violation.task},K: ${escapeMermaid(`${violation.property}: ${violation.text}`)}`,
    );
  return `${lines.join('\n')}\n`;
}

/** In Mermaid, `;` ends a statement and `#` starts an entity. */
function escapeMermaid(text: string): string {
  return toAscii(text)
    .replaceAll('#', '#35;')
    .replaceAll(/(?<!#35);/g, '#59;')
    .replaceAll('<', '#lt;')
    .replaceAll('>', '#gt;');
}
