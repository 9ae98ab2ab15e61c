import type { Trace } from '../scenario/trace';
import { firstViolation } from './consequence';
import { shownRows } from './interleaving';
import { ascii } from './words';

/** The run as a Mermaid sequence diagram: tasks and the kernel, one message or note per line. */
export function mermaidText(trace: Trace): string {
  const { rows } = shownRows(trace);
  const tasks = trace.program.tasks.filter((t) => rows.some((r) => r.task === t.index));
  const lines = [
    'sequenceDiagram',
    ...tasks.map((t) => `  participant T${t.index} as ${safe(t.name)}`),
    '  participant K as kernel',
  ];
  for (const row of rows) {
    const text = safe(row.text.replaceAll(/^\/\* | \*\/$/g, ''));
    if (row.kind === 'call') lines.push(`  T${row.task}->>K: ${text}`);
    else if (row.kind === 'result') lines.push(`  K-->>T${row.task}: ${text.replace(/^= /, '')}`);
    else lines.push(`  Note over T${row.task}: ${text}`);
  }
  const broken = firstViolation(trace);
  if (broken)
    lines.push(`  Note over T${broken.task},K: ${safe(`${broken.property}: ${broken.text}`)}`);
  return `${lines.join('\n')}\n`;
}

/** Mermaid ends a statement at `;` and starts an entity at `#`. */
function safe(text: string): string {
  return ascii(text)
    .replaceAll('#', '#35;')
    .replaceAll(/(?<!#35);/g, '#59;')
    .replaceAll('<', '#lt;')
    .replaceAll('>', '#gt;');
}
