import type { PropertyStatus } from '../explore/checkResult';
import { matrixRows } from '../explore/matrix/matrix';
import type {
  SkippedCase,
  MatrixCell,
  MatrixRow,
  MatrixRowProperty,
} from '../explore/matrix/matrix';
import { propertyById } from '../kernel/properties/properties';
import type { PropertyId } from '../kernel/language/propertyId';
import { asciiLines, groupThousands } from './format';

const STATUS_SIGNS: Readonly<Record<PropertyStatus, string>> = {
  holds: 'ok',
  violated: 'x',
  'not-applicable': '-',
  incomplete: '?',
};

/** The verdict matrix as text: a row per design and options, a column per property, then each violation with its shortest counterexample. */
export function matrixText(
  cells: readonly MatrixCell[],
  skippedCases: readonly SkippedCase[],
): string {
  const rows = matrixRows(cells);
  const ids = [...new Set(rows.flatMap((row) => row.properties.map((property) => property.id)))];
  const table = [
    ['', 'states', ...ids.map((id) => propertyById(id).label)],
    ...rows.map((row) => [
      row.config.title,
      `${groupThousands(row.states)}${row.coverage === 'complete' ? '' : '+'}`,
      ...ids.map((id) => cellText(row, id)),
    ]),
  ];
  const widths = (table[0] ?? []).map((_, i) =>
    Math.max(...table.map((row) => row[i]?.length ?? 0)),
  );
  const scenarios = [...new Set(cells.map((cell) => cell.case.id))];
  return asciiLines([
    `${scenarios.length === 1 ? 'Every interleaving of' : `Every interleaving of ${scenarios.length} scenarios:`} ${scenarios.join(', ')}`,
    '',
    ...table.map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    ),
    '',
    'ok: holds in all these states; xN: violated, shortest counterexample of N steps; -: does not apply to this design; ?: not violated so far, search incomplete.',
    ids.map((id) => `${propertyById(id).label} ${id}`).join(', '),
    ...(rows.some((row) => row.properties.some((property) => property.status === 'violated'))
      ? ['']
      : []),
    ...rows.flatMap(violationLines),
    ...(skippedCases.length > 0
      ? [
          '',
          'Skipped:',
          ...skippedCases.map((skipped) => `  ${skipped.id} in ${skipped.variant}: ${skipped.why}`),
        ]
      : []),
  ]);
}

function cellText(row: MatrixRow, id: PropertyId): string {
  const property = row.properties.find((each) => each.id === id);
  if (!property) return '';
  return property.status === 'violated'
    ? `x${property.witness?.steps ?? ''}`
    : STATUS_SIGNS[property.status];
}

function violationLines(row: MatrixRow): string[] {
  return row.properties
    .filter((property) => property.status === 'violated')
    .flatMap((property: MatrixRowProperty): string[] => [
      `${row.config.title}: ${property.id} in ${property.scenario} after ${property.witness?.steps} steps${property.brokenIn.length > 1 ? ` (also in ${property.brokenIn.filter((s) => s !== property.scenario).join(', ')})` : ''}`,
      `  ${property.witness?.text ?? ''}`,
      `  --schedule ${property.witness?.schedule.join(',') || 'sequential'}`,
    ]);
}
