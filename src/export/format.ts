import { fieldText } from '../kernel/machine/describeEvent';
import type { Program } from '../kernel/compiler/program';

const ASCII_REPLACEMENTS: Readonly<Record<string, string>> = {
  '–': '-',
  '—': '-',
  '…': '...',
  '“': '"',
  '”': '"',
  '‘': "'",
  '’': "'",
  '→': '->',
  '≤': '<=',
  '≥': '>=',
  '≠': '!=',
  '×': 'x',
  ' ': ' ',
};

/** The text in printable ASCII: line ends and tabs become spaces, a character without a replacement `?`. */
export function toAscii(text: string): string {
  return text
    .replaceAll(
      /[\s\u2010-\u2027\u2190-\u22ff\u00d7\u00a0]/g,
      (c) => ASCII_REPLACEMENTS[c] ?? (/\s/.test(c) ? ' ' : '?'),
    )
    .replaceAll(/[^ -~]/gu, '?');
}

/** Lines as one ASCII text with a final newline. */
export function asciiLines(lines: readonly string[]): string {
  return `${lines.map(toAscii).join('\n')}\n`;
}

/** Placeholder of a space at which a line must not break. */
const NO_BREAK_SPACE = '\u0001';

/** Breaks a text into lines of at most `width` characters; lines after the first are indented by `hang`. Breaks at spaces, else after `(`, `,` or `->`, else anywhere; a comment mark stays with its word. */
export function wrapText(text: string, width: number, hang = 4): string[] {
  const glued = text.replaceAll(
    /(\/\*) | (\*\/)/g,
    (_, opens: string | undefined, closes: string | undefined) =>
      opens ? opens + NO_BREAK_SPACE : NO_BREAK_SPACE + (closes ?? ''),
  );
  return breakLines(glued, width, hang).map((line) =>
    line.replaceAll(NO_BREAK_SPACE, ' ').trimEnd(),
  );
}

function breakLines(text: string, width: number, hang: number): string[] {
  const lines: string[] = [];
  let rest = text;
  let indent = '';
  while (indent.length + rest.length > width) {
    const room = width - indent.length;
    const window = rest.slice(0, room + 1);
    const lead = window.length - window.trimStart().length;
    const space = window.lastIndexOf(' ');
    const joint =
      Math.max(
        ...['(', ',', '->'].map(
          (mark) => window.slice(0, room).lastIndexOf(mark) + mark.length - 1,
        ),
      ) + 1;
    const at = space > lead ? space : joint > lead + 3 && joint <= room ? joint : room;
    lines.push((indent + rest.slice(0, at)).trimEnd());
    rest = rest.slice(at).trimStart();
    indent = ' '.repeat(hang);
  }
  if (rest !== '' || lines.length === 0) lines.push(indent + rest);
  return lines;
}

/** A count with grouped thousands: `18 234`. */
export function groupThousands(n: number): string {
  return String(n).replaceAll(/\B(?=(\d{3})+$)/g, ' ');
}

/** The C name of an object: its role if it is the only one of its type, else its name: `group`, `fd1_df`. */
export function cObjectName(program: Program, object: number): string {
  const slot = program.objects[object];
  if (!slot) return '?';
  const alone =
    slot.type !== 'file' && program.objects.every((o) => o.type !== slot.type || o === slot);
  return alone ? slot.spec.role : slot.name.replaceAll(/[^A-Za-z0-9_]+/g, '_');
}

/** The C name of a field: `group->group_lock`. */
export function cFieldName(program: Program, field: number): string {
  const f = program.fields[field];
  return f ? (f.object < 0 ? f.title : `${cObjectName(program, f.object)}->${f.name}`) : '?';
}

/** A value of a field as text. */
export function formatFieldValue(program: Program, field: number, value: number): string {
  const state = new Int32Array(program.fields.length);
  state[field] = value;
  return fieldText(program, state, field);
}
