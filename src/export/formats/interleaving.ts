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

/** A run as an ASCII table of at most 72 columns for mail and commit messages, with a final newline. Only the link may be longer. */
export function interleavingText(trace: Trace, options: InterleavingOptions = {}): string {
  const full = options.full === true;
  const violation = firstViolation(trace);
  const { all, lines } = relevantLines(trace, full);
  const columns = columnsOf(trace, all);
  const output = [...columnHeads(columns), '-'.repeat(MAX_COLUMNS)];
  // The heading shows the only call of a task.
  const callsInBody = new Set(columns.filter((c) => c.calls.length !== 1 || c.shared));
  for (const line of lines) {
    const column = columns.find((c) => c.tasks.includes(line.task));
    if (!column) continue;
    const inBody = callsInBody.has(column);
    if (line.kind === 'call' && !inBody) continue;
    const indent = '  '.repeat(line.depth + (inBody && line.kind !== 'call' ? 1 : 0));
    const prefix = column.shared ? `${trace.program.tasks[line.task]?.name ?? ''}: ` : '';
    output.push(
      ...wrapText(indent + prefix + toAscii(line.text), column.width, indent.length + 4).map(
        (part) => ' '.repeat(column.start) + part,
      ),
    );
  }
  const violations = violation
    ? full
      ? trace.steps.flatMap((s) => s.violations)
      : [violation]
    : [];
  for (const { property, text } of violations)
    output.push(...wrapText(toAscii(`/* ${property}: ${text} */`), MAX_COLUMNS));
  output.push('', ...wrapText(toAscii(consequenceOf(trace)), MAX_COLUMNS, 0));
  if (violation) {
    const property = propertyById(violation.property);
    output.push(
      ...wrapText(
        toAscii(`Property: ${property.id} (${property.cite}). ${property.statement}`),
        MAX_COLUMNS,
      ),
    );
    const later = [
      ...new Set(trace.steps.flatMap((s) => s.violations.map((v) => v.property))),
    ].filter((id) => id !== violation.property);
    if (later.length > 0 && !full)
      output.push(
        ...wrapText(toAscii(`Also violated later in this run: ${later.join(', ')}.`), MAX_COLUMNS),
      );
  } else output.push(...wrapText('Property: none is violated on this schedule.', MAX_COLUMNS));
  const shown = new Set(lines.filter((r) => r.kind !== 'call').map((r) => r.step)).size;
  const hidden = full || shown === trace.steps.length ? '' : `; ${shown} shown, --full shows all`;
  output.push(
    ...wrapText(
      toAscii(`(${options.coverage ?? `one schedule of ${trace.steps.length} steps${hidden}`})`),
      MAX_COLUMNS,
    ),
  );
  output.push(
    `Link: ${toAscii(options.base ?? '')}${makeLink(linkOfTrace(trace, violation && !full ? violation.step + 1 : undefined))}`,
  );
  return `${output.map((l) => l.trimEnd()).join('\n')}\n`;
}

/** The lines up to the first violation (`all`), and those of them that affect the outcome (`lines`); with `full` every line to the end in both. */
export function relevantLines(
  trace: Trace,
  full = false,
): { readonly all: readonly TraceLine[]; readonly lines: readonly TraceLine[] } {
  const whole = traceLinesOf(trace);
  const violation = firstViolation(trace);
  const all =
    violation && !full
      ? whole.filter(
          (line) =>
            line.step <= violation.step &&
            !(
              line.kind === 'blocks' &&
              line.step === violation.step &&
              violation.property !== 'no-deadlock'
            ),
        )
      : whole;
  return { all, lines: full ? all : keepRelevant(all) };
}

interface TextColumn {
  readonly start: number;
  readonly width: number;
  readonly tasks: readonly number[];
  readonly name: string;
  /** The calls of its tasks, as text. */
  readonly calls: readonly string[];
  /** More than one task has its lines here. */
  readonly shared: boolean;
}

function columnsOf({ program }: Trace, lines: readonly TraceLine[]): readonly TextColumn[] {
  const seen = program.tasks.filter((task) => lines.some((line) => line.task === task.index));
  const flushers = seen.filter((task) => task.name.includes(':'));
  const own = seen.filter((task) => !task.name.includes(':'));
  const starts = COLUMN_STARTS[Math.min(4, Math.max(1, own.length))] ?? [0];
  return starts.map((start, i): TextColumn => {
    const last = i === starts.length - 1;
    const tasks = own.length > 4 && last ? own.slice(3) : own.slice(i, i + 1);
    const names = tasks.map((task) => task.name);
    const buffers = flushers.filter((f) => names.some((n) => f.name.startsWith(`${n}:`)));
    const indices = [...tasks, ...buffers].map((task) => task.index);
    const calls = lines
      .filter((line) => line.kind === 'call' && indices.includes(line.task))
      .map((line) => toAscii(line.text));
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

/** The task and its call; for several calls their names, as many as fit. */
function columnHeads(columns: readonly TextColumn[]): string[] {
  const cells = columns.map((c) => {
    const one = c.calls.length === 1 && !c.shared;
    const names = c.calls.map((call) => call.slice(0, call.indexOf('(')));
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

/** Drops an event that repeats the line before it. */
function withoutRepeats(lines: readonly TraceLine[]): readonly TraceLine[] {
  return lines.filter(
    (line, i) =>
      line.kind !== 'event' || lines[i - 1]?.text !== line.text || lines[i - 1]?.task !== line.task,
  );
}

/** Keeps relevant lines, among them calls and their results, and the locking of contended mutexes. */
function keepRelevant(lines: readonly TraceLine[]): readonly TraceLine[] {
  const contended = new Set(
    lines
      .filter((line, i) => lines[i + 1]?.kind === 'blocks' && line.kind === 'event')
      .map((line) => line.text.replace('mutex_lock', '')),
  );
  const kept = withoutRepeats(
    lines.filter(
      (line) =>
        line.relevant ||
        (/^mutex_(un)?lock/.test(line.text) &&
          contended.has(line.text.replace(/^mutex_(un)?lock/, ''))),
    ),
  );
  // A call of which only the result is relevant takes one line, except the only call of a task: the heading shows it.
  return kept.flatMap((line): TraceLine[] => {
    const heads = kept.filter(({ kind, task }) => kind === 'call' && task === line.task);
    const head = heads.find(({ call }) => call === line.call);
    const body = kept.filter(({ kind, call }) => kind !== 'call' && call === line.call);
    if (!head || heads.length === 1 || body.length !== 1 || body[0]?.kind !== 'result')
      return [line];
    return line.kind === 'call'
      ? []
      : [{ ...line, kind: 'call', text: `${head.text} ${line.text}` }];
  });
}
