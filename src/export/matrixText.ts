import type { PropertyStatus } from '../explore/checkResult';
import { matrixRows } from '../explore/matrix/matrix';
import type {
  SkippedCase,
  MatrixCell,
  MatrixRow,
  MatrixRowProperty,
} from '../explore/matrix/matrix';
import type { MutationOutcome } from '../explore/matrix/mutationReport';
import { makeMutation } from '../kernel/language/mutation';
import { propertyById } from '../kernel/properties/properties';
import type { PropertyId } from '../kernel/language/propertyId';
import { toAscii, groupThousands } from './format';

const STATUS_SIGNS: Readonly<Record<PropertyStatus, string>> = {
  holds: 'ok',
  violated: 'x',
  'not-applicable': '-',
  incomplete: '?',
};

/** The verdict matrix for people: a row per design and choice of options, a column per property, then every broken property with its shortest witness. */
export function matrixText(cells: readonly MatrixCell[], leftOut: readonly SkippedCase[]): string {
  const rows = matrixRows(cells);
  const ids = [...new Set(rows.flatMap((r) => r.properties.map((p) => p.id)))];
  const table = [
    ['', 'states', ...ids.map((id) => propertyById(id).label)],
    ...rows.map((r) => [
      r.config.title,
      `${groupThousands(r.states)}${r.coverage === 'complete' ? '' : '+'}`,
      ...ids.map((id) => cellText(r, id)),
    ]),
  ];
  const widths = (table[0] ?? []).map((_, i) => Math.max(...table.map((r) => r[i]?.length ?? 0)));
  const scenarios = [...new Set(cells.map((c) => c.case.id))];
  return asciiLines([
    `${scenarios.length === 1 ? 'Every interleaving of' : `Every interleaving of ${scenarios.length} scenarios:`} ${scenarios.join(', ')}`,
    '',
    ...table.map((r) =>
      r
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    ),
    '',
    'ok: holds in all those states; xN: broken, shortest witness of N steps; -: no such state in this design; ?: not broken as far as the search came.',
    ids.map((id) => `${propertyById(id).label} ${id}`).join(', '),
    ...(rows.some((r) => r.properties.some((p) => p.status === 'violated')) ? [''] : []),
    ...rows.flatMap(violationLines),
    ...(leftOut.length > 0
      ? ['', 'Left out:', ...leftOut.map((l) => `  ${l.id} in ${l.variant}: ${l.why}`)]
      : []),
  ]);
}

function cellText(row: MatrixRow, id: PropertyId): string {
  const p = row.properties.find((each) => each.id === id);
  if (!p) return '';
  return p.status === 'violated' ? `x${p.witness?.steps ?? ''}` : STATUS_SIGNS[p.status];
}

function violationLines(row: MatrixRow): string[] {
  return row.properties
    .filter((p) => p.status === 'violated')
    .flatMap((p: MatrixRowProperty): string[] => [
      `${row.config.title}: ${p.id} in ${p.scenario} after ${p.witness?.steps} steps${p.brokenIn.length > 1 ? ` (also in ${p.brokenIn.filter((s) => s !== p.scenario).join(', ')})` : ''}`,
      `  ${p.witness?.text ?? ''}`,
      `  --schedule ${p.witness?.schedule.join(',') || 'sequential'}`,
    ]);
}

const MUTATION_HEADINGS: readonly (readonly [MutationOutcome['status'], string])[] = [
  ['noticed', 'Noticed, by the property that breaks first, and the others:'],
  ['unnoticed', 'Nobody notices:'],
  ['idle', 'Only tells or jumps in these scenarios, so there is nothing to notice:'],
  ['unreached', 'No run of these scenarios comes to it:'],
];

/** What every mutation came to: who notices, and where nobody does. */
export function mutationReportText(title: string, outcomes: readonly MutationOutcome[]): string {
  const count = (status: MutationOutcome['status']): number =>
    outcomes.filter((o) => o.status === status).length;
  return asciiLines([
    `${title}: ${outcomes.length} changes, ${count('noticed')} noticed, ${count('unnoticed')} not, ${count('idle')} without effect, ${count('unreached')} never reached`,
    ...MUTATION_HEADINGS.flatMap(([status, words]) => {
      const own = outcomes.filter((o) => o.status === status);
      return own.length === 0 ? [] : ['', words, ...own.flatMap(mutationLines)];
    }),
  ]);
}

function mutationLines(o: MutationOutcome): string[] {
  const notices = o.notices
    .toSorted((a, b) => a.witness.steps - b.witness.steps)
    .map((n) => `${n.property} (${n.scenario}, ${n.witness.steps} steps)`);
  return [
    `  ${makeMutation(o.mutation)}`,
    `      ${o.title}`,
    ...(notices.length > 0 ? [`      ${notices.join(', ')}`] : []),
    ...(o.incomplete.length > 0 ? [`      not all of: ${o.incomplete.join(', ')}`] : []),
  ];
}

function asciiLines(all: readonly string[]): string {
  return `${all.map(toAscii).join('\n')}\n`;
}
