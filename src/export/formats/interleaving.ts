import type { Export, ExportOptions } from '../export';
import { propertyById } from '../../kernel/properties/properties';
import { makeLink } from '../../scenario/link/link';
import { builtInOf, linkOfTrace } from '../../scenario/link/linkOfTrace';
import { makeScheduleEntries } from '../../scenario/format/scheduleText';
import type { Trace, TraceViolation } from '../../scenario/run/trace';
import { makeMutation } from '../../kernel/language/mutation';
import { modifiedDesignText } from '../../kernel/language/design';
import type { PropertyId } from '../../kernel/language/propertyId';
import { traceLinesOf, type TraceLine } from '../traceLines';
import { blockedSentences, consequenceOf, subjectViolation } from '../consequence';
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
export type InterleavingOptions = Pick<ExportOptions, 'full' | 'base' | 'coverage' | 'property'>;

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
  const violation = subjectViolation(trace, options.property);
  const { all, lines } = relevantLines(trace, options);
  const columns = columnsOf(trace, all);
  const output = [...columnHeads(columns), '-'.repeat(MAX_COLUMNS)];
  // The heading shows the only call of a task.
  const callsInBody = new Set(columns.filter((c) => c.calls.length !== 1 || c.shared));
  const pending = trace.steps.flatMap((s) => s.violations).filter((v) => full || v === violation);
  /** Writes the violations of the steps before `step`, which are complete. */
  const addViolations = (step: number): void => {
    for (let next = pending[0]; next && next.step < step; next = pending[0]) {
      pending.shift();
      output.push(...wrapText(toAscii(`/* ${next.property}: ${next.text} */`), MAX_COLUMNS));
    }
  };
  for (const line of lines) {
    const column = columns.find((c) => c.tasks.includes(line.task));
    if (!column) continue;
    if (full && line.kind !== 'blocks') addViolations(line.step);
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
  addViolations(Infinity);
  const addText = (text: string, hang = 0): void => {
    output.push(...wrapText(toAscii(text), MAX_COLUMNS, hang));
  };
  output.push('');
  addText(consequenceOf(trace, options.property));
  for (const sentence of blockedSentences(trace)) addText(sentence);
  addText(`Property: ${propertyText(violation, options.property)}`, 4);
  const others = [
    ...new Set(trace.steps.flatMap((s) => s.violations.map((v) => v.property))),
  ].filter((id) => id !== violation?.property);
  if (others.length > 0 && !full) addText(`Also violated in this run: ${others.join(', ')}.`, 4);
  const shown = new Set(lines.filter((r) => r.kind !== 'call').map((r) => r.step)).size;
  const hidden = full || shown === trace.steps.length ? '' : `; ${shown} shown, --full shows all`;
  addText(`(${options.coverage ?? `one schedule of ${trace.steps.length} steps${hidden}`})`, 4);
  const address = runAddress(trace, options);
  if (address === undefined) output.push(...sourceLines(trace));
  else {
    if (trace.program.design.modified) addText(`Design: ${designLabel(trace)}`, 4);
    output.push(`Link: ${address}`);
  }
  return `${output.map((l) => l.trimEnd()).join('\n')}\n`;
}

/** The address of the run in the playground at `base`, at the violation that it is about; undefined without a base. */
export function runAddress(
  trace: Trace,
  { base, full, property }: InterleavingOptions = {},
): string | undefined {
  if (base === undefined) return undefined;
  const violation = full ? undefined : subjectViolation(trace, property);
  return `${toAscii(base)}${makeLink(linkOfTrace(trace, violation && violation.step + 1))}`;
}

function propertyText(
  violation: TraceViolation | undefined,
  wanted: PropertyId | undefined,
): string {
  const id = violation?.property ?? wanted;
  if (id === undefined) return 'none is violated on this schedule.';
  const { cite, statement } = propertyById(id);
  return `${id} (${cite}). ${statement}${violation ? '' : ' It is not violated on this schedule.'}`;
}

/** The design of a run with its options and changes. */
function designLabel({ scenario, program }: Pick<Trace, 'scenario' | 'program'>): string {
  const options = Object.entries(scenario.options).map(([k, value]) => ` ${k}=${value}`);
  const changes = (program.design.modified ?? []).map((m) => ` ${makeMutation(m)}`);
  const hasText = program.design.modified?.some(({ kind }) => kind === 'text') ?? false;
  return `${scenario.design}${hasText ? ` (${modifiedDesignText(program.design) ?? ''})` : ''}${options.join('')}${changes.join('')}`;
}

/** What to run to see this run again: the scenario with its design and changes, and the schedule. */
function sourceLines({ scenario, program, schedule }: Trace): readonly string[] {
  const name = builtInOf(scenario)?.id ?? JSON.stringify(scenario.title);
  const entries = makeScheduleEntries(schedule.map((task) => program.tasks[task]?.name ?? ''));
  return [
    `Scenario: ${name}, ${designLabel({ scenario, program })}`,
    `Schedule: ${entries.join(',') || 'sequential'}`,
  ].flatMap((line) => wrapText(toAscii(line), MAX_COLUMNS));
}

/**
 * The lines up to the violation that the run is about (`all`), and those of them that affect the outcome (`lines`); with
 * `full` every line to the end in both. A call that is blocked at the end has a last line that says so.
 */
export function relevantLines(
  trace: Trace,
  { full = false, property }: Pick<ExportOptions, 'full' | 'property'> = {},
): { readonly all: readonly TraceLine[]; readonly lines: readonly TraceLine[] } {
  const violation = subjectViolation(trace, property);
  const whole = traceLinesOf(trace, violation);
  const all =
    violation && !full
      ? whole.filter(
          (line) =>
            line.step <= violation.step &&
            !(
              line.kind === 'blocks' &&
              line.step === violation.step &&
              violation.property !== 'no-deadlock' &&
              violation.step < trace.steps.length - 1
            ),
        )
      : whole;
  return { all, lines: withBlockedEnds(full ? all : keepRelevant(all)) };
}

/** Repeats at the end which calls are still blocked, if other lines came after. */
function withBlockedEnds(lines: readonly TraceLine[]): readonly TraceLine[] {
  const last = new Map(lines.map((line) => [line.task, line]));
  const ends = [...last.values()].filter((line) => line.kind === 'blocks' && line !== lines.at(-1));
  const step = lines.at(-1)?.step ?? 0;
  return [
    ...lines,
    ...ends
      .filter((line) => lines.slice(lines.indexOf(line) + 1).some((l) => l.kind !== 'blocks'))
      .map((line) => ({ ...line, step, text: '/* still blocked */' })),
  ];
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

const LOCK_CALL = /^(?:mutex_(?:un)?lock|(?:down|up)_(?:read|write))(?=\()/;

/** Keeps relevant lines, among them calls and their results, and the locking of contended mutexes. */
function keepRelevant(lines: readonly TraceLine[]): readonly TraceLine[] {
  const contended = new Set(
    lines
      .filter((line, i) => lines[i + 1]?.kind === 'blocks' && line.kind === 'event')
      .map((line) => line.text.replace(LOCK_CALL, '')),
  );
  const kept = withoutRepeats(
    lines.filter(
      (line) =>
        line.relevant ||
        (LOCK_CALL.test(line.text) && contended.has(line.text.replace(LOCK_CALL, ''))),
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
