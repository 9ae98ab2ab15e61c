import type { Export, ExportOptions } from '../export';
import { propertyById } from '../../kernel/properties/properties';
import { makeLink } from '../../scenario/link/link';
import { linkOfTrace } from '../../scenario/link/linkOfTrace';
import type { Trace } from '../../scenario/run/trace';
import { traceLinesOf, type TraceLine } from '../traceLines';
import { consequenceOf, firstViolation } from '../consequence';
import { toAscii, wrapText } from '../format';

/** The export `text`. */
export const textExport: Export = {
  id: 'text',
  title: 'Interleaving text',
  extension: 'txt',
  order: 10,
  make: interleavingText,
};

/** The options of the interleaving text. */
export type InterleavingOptions = Pick<ExportOptions, 'full' | 'base' | 'coverage'>;

const MAX_COLUMNS = 72;
const COLUMN_STARTS: readonly (readonly number[])[] = [
  [0],
  [0],
  [0, 36],
  [0, 25, 50],
  [0, 18, 36, 54],
];

/** The run as an ASCII table of at most 72 columns for mail and commit messages (formats.md section 3), ending in a line end. Only the link may be longer. */
export function interleavingText(trace: Trace, options: InterleavingOptions = {}): string {
  const full = options.full === true;
  const broken = firstViolation(trace);
  const { cut, rows } = relevantLines(trace, full);
  const columns = columnsOf(trace, cut);
  const lines = [...columnHeads(columns), '-'.repeat(MAX_COLUMNS)];
  const several = new Set(columns.filter((c) => c.calls.length !== 1 || c.shared));
  for (const row of rows) {
    const column = columns.find((c) => c.tasks.includes(row.task));
    if (!column) continue;
    const inBody = several.has(column);
    if (row.kind === 'call' && !inBody) continue;
    const indent = '  '.repeat(row.depth + (inBody && row.kind !== 'call' ? 1 : 0));
    const who = column.shared ? `${trace.program.tasks[row.task]?.name ?? ''}: ` : '';
    lines.push(
      ...wrapText(indent + who + toAscii(row.text), column.width, indent.length + 4).map(
        (line) => ' '.repeat(column.start) + line,
      ),
    );
  }
  const said = broken ? (full ? trace.steps.flatMap((s) => s.violations) : [broken]) : [];
  for (const v of said)
    lines.push(...wrapText(toAscii(`/* ${v.property}: ${v.text} */`), MAX_COLUMNS));
  lines.push('', ...wrapText(toAscii(consequenceOf(trace)), MAX_COLUMNS, 0));
  if (broken) {
    const property = propertyById(broken.property);
    lines.push(
      ...wrapText(
        toAscii(`Property: ${property.id} (${property.cite}). ${property.statement}`),
        MAX_COLUMNS,
      ),
    );
    const later = [
      ...new Set(trace.steps.flatMap((s) => s.violations.map((v) => v.property))),
    ].filter((id) => id !== broken.property);
    if (later.length > 0 && !full)
      lines.push(...wrapText(toAscii(`Later in this run also: ${later.join(', ')}.`), MAX_COLUMNS));
  } else lines.push(...wrapText('Property: none is violated on this schedule.', MAX_COLUMNS));
  const shown = new Set(rows.filter((r) => r.kind !== 'call').map((r) => r.step)).size;
  const hidden = full || shown === trace.steps.length ? '' : `; ${shown} shown, --full shows all`;
  lines.push(
    ...wrapText(
      toAscii(`(${options.coverage ?? `one schedule of ${trace.steps.length} steps${hidden}`})`),
      MAX_COLUMNS,
    ),
  );
  lines.push(
    `Link: ${toAscii(options.base ?? '')}${makeLink(linkOfTrace(trace, broken && !full ? broken.step + 1 : undefined))}`,
  );
  return `${lines.map((l) => l.trimEnd()).join('\n')}\n`;
}

/** The rows up to the first violation, and of those the ones that matter; with `full` all rows to the end. */
export function relevantLines(
  trace: Trace,
  full = false,
): { readonly cut: readonly TraceLine[]; readonly rows: readonly TraceLine[] } {
  const all = traceLinesOf(trace);
  const broken = firstViolation(trace);
  const cut =
    broken && !full
      ? all.filter(
          (r) =>
            r.step <= broken.step &&
            !(r.kind === 'blocks' && r.step === broken.step && broken.property !== 'no-deadlock'),
        )
      : all;
  return { cut, rows: full ? cut : keepRelevant(cut) };
}

interface TextColumn {
  readonly start: number;
  readonly width: number;
  readonly tasks: readonly number[];
  readonly name: string;
  /** Calls whose rows it holds, as text. */
  readonly calls: readonly string[];
  /** More than one task writes here. */
  readonly shared: boolean;
}

function columnsOf({ program }: Trace, rows: readonly TraceLine[]): readonly TextColumn[] {
  const seen = program.tasks.filter((t) => rows.some((r) => r.task === t.index));
  const flushers = seen.filter((t) => t.name.includes(':'));
  const own = seen.filter((t) => !t.name.includes(':'));
  const starts = COLUMN_STARTS[Math.min(4, Math.max(1, own.length))] ?? [0];
  return starts.map((start, i): TextColumn => {
    const last = i === starts.length - 1;
    const tasks = own.length > 4 && last ? own.slice(3) : own.slice(i, i + 1);
    const names = tasks.map((t) => t.name);
    const buffers = flushers.filter((f) => names.some((n) => f.name.startsWith(`${n}:`)));
    const indices = [...tasks, ...buffers].map((t) => t.index);
    const calls = rows
      .filter((r) => r.kind === 'call' && indices.includes(r.task))
      .map((r) => toAscii(r.text));
    return {
      start,
      width: last ? MAX_COLUMNS - start : (starts[i + 1] ?? MAX_COLUMNS) - start - 1,
      tasks: indices,
      name: toAscii(tasks.length > 1 ? 'others' : (names[0] ?? '')),
      calls,
      shared: tasks.length > 1,
    };
  });
}

/** First the task and its call; where it makes several, their names as far as there is room. */
function columnHeads(columns: readonly TextColumn[]): string[] {
  const cells = columns.map((c) => {
    const one = c.calls.length === 1 && !c.shared;
    const names = c.calls.map((t) => t.slice(0, t.indexOf('(')));
    let text = `${c.name}: ${one ? (c.calls[0] ?? '') : names.join(', ')}`;
    while (!one && text.length > c.width && names.length > 1) {
      names.pop();
      text = `${c.name}: ${names.join(', ')}, ...`;
    }
    return wrapText(text, c.width);
  });
  const height = Math.max(...cells.map((c) => c.length));
  return Array.from({ length: height }, (_, line) =>
    columns.reduce((text, c, i) => text.padEnd(c.start) + (cells[i]?.[line] ?? ''), ''),
  );
}

/** Leaves out what a task has just said. */
function withoutRepeats(rows: readonly TraceLine[]): readonly TraceLine[] {
  return rows.filter(
    (row, i) =>
      row.kind !== 'event' || rows[i - 1]?.text !== row.text || rows[i - 1]?.task !== row.task,
  );
}

/** Keeps what matters; the call lines and results of calls stay, a lock only where somebody waited for it. */
function keepRelevant(rows: readonly TraceLine[]): readonly TraceLine[] {
  const contended = new Set(
    rows
      .filter((r, i) => rows[i + 1]?.kind === 'blocks' && r.kind === 'event')
      .map((r) => r.text.replace('mutex_lock', '')),
  );
  const kept = withoutRepeats(
    rows.filter(
      (r) =>
        r.relevant ||
        (/^mutex_(un)?lock/.test(r.text) && contended.has(r.text.replace(/^mutex_(un)?lock/, ''))),
    ),
  );
  // A call of which nothing but its success matters goes on one line.
  return kept.flatMap((row): TraceLine[] => {
    const same = kept.filter((r) => r.call === row.call && r.kind !== 'call');
    const only = same[0];
    if (
      same.length !== 1 ||
      only?.kind !== 'result' ||
      !kept.some((r) => r.kind === 'call' && r.call === row.call)
    )
      return [row];
    const head = kept.find((r) => r.kind === 'call' && r.call === row.call);
    const single = kept.filter((r) => r.kind === 'call' && r.task === row.task).length === 1;
    if (single) return [row];
    return row.kind === 'call'
      ? []
      : [{ ...row, kind: 'call', text: `${head?.text ?? ''} ${row.text}` }];
  });
}
