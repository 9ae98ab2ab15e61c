import { styleText } from 'node:util';
import { PROPERTY_IDS } from '../kernel/properties/properties';
import type { Terminal } from './command';

export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

export function endWithNewline(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}

/** Rows of cells as aligned columns, one line each. */
export function formatColumns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

const VIOLATION = new RegExp(`^(/\\* )?(${PROPERTY_IDS.join('|')})(: | is violated)`);

/** A report with violations red, errors and waits yellow and what holds green, if the terminal shows colours. */
export function colouredText(text: string, { hasColours = false }: Terminal): string {
  if (!hasColours) return text;
  const colourOf = (line: string): 'red' | 'yellow' | 'green' | undefined => {
    if (VIOLATION.test(line) || line.endsWith(': violated')) return 'red';
    if (/= -E[A-Z]+$|\/\* (still )?block/.test(line)) return 'yellow';
    return line.endsWith(': holds') || line.startsWith('holds: ') ? 'green' : undefined;
  };
  return text
    .split('\n')
    .map((line) => {
      const colour = colourOf(line);
      return colour === undefined ? line : styleText(colour, line, { validateStream: false });
    })
    .join('\n');
}
