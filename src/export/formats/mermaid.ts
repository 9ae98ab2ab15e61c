import type { Export } from '../export';
import type { Trace } from '../../scenario/run/trace';
import { firstViolation } from '../consequence';
import { relevantLines } from './interleaving';
import { toAscii } from '../format';

/** The export `mermaid`. */
export const mermaidExport: Export = {
  id: 'mermaid',
  title: 'Mermaid sequence diagram',
  extension: 'mmd',
  order: 40,
  make: mermaidText,
};

/** The run as a Mermaid sequence diagram: tasks and the kernel, one message or note per line. */
function mermaidText(trace: Trace): string {
  const { rows } = relevantLines(trace);
  const tasks = trace.program.tasks.filter((t) => rows.some((r) => r.task === t.index));
  const lines = [
    'sequenceDiagram',
    ...tasks.map((t) => `  participant T${t.index} as ${escapeMermaid(t.name)}`),
    '  participant K as kernel',
  ];
  for (const row of rows) {
    const text = escapeMermaid(row.text.replaceAll(/^\/\* | \*\/$/g, ''));
    if (row.kind === 'call') lines.push(`  T${row.task}->>K: ${text}`);
    else if (row.kind === 'result') lines.push(`  K-->>T${row.task}: ${text.replace(/^= /, '')}`);
    else lines.push(`  Note over T${row.task}: ${text}`);
  }
  const broken = firstViolation(trace);
  if (broken)
    lines.push(
      `  Note over T${broken.task},K: ${escapeMermaid(`${broken.property}: ${broken.text}`)}`,
    );
  return `${lines.join('\n')}\n`;
}

/** Mermaid ends a statement at `;` and starts an entity at `#`. */
function escapeMermaid(text: string): string {
  return toAscii(text)
    .replaceAll('#', '#35;')
    .replaceAll(/(?<!#35);/g, '#59;')
    .replaceAll('<', '#lt;')
    .replaceAll('>', '#gt;');
}
