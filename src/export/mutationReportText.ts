import type { MutationOutcome } from '../explore/matrix/mutationReport';
import { makeMutation } from '../kernel/language/mutation';
import { asciiLines } from './format';

const MUTATION_HEADINGS: readonly (readonly [MutationOutcome['status'], string])[] = [
  ['noticed', 'Detected by these properties, shortest counterexample first:'],
  ['unnoticed', 'Not detected:'],
  ['idle', 'Only emits events, jumps or fails on request in these scenarios:'],
  ['unreached', 'Never reached in these scenarios:'],
];

/** A mutation report as text: by which properties each changed step is detected, and which changes are not. */
export function mutationReportText(title: string, outcomes: readonly MutationOutcome[]): string {
  const count = (status: MutationOutcome['status']): number =>
    outcomes.filter((outcome) => outcome.status === status).length;
  return asciiLines([
    `${title}: ${outcomes.length} changes, ${count('noticed')} detected, ${count('unnoticed')} not, ${count('idle')} without effect, ${count('unreached')} never reached`,
    ...MUTATION_HEADINGS.flatMap(([status, heading]) => {
      const ofStatus = outcomes.filter((outcome) => outcome.status === status);
      return ofStatus.length === 0 ? [] : ['', heading, ...ofStatus.flatMap(mutationLines)];
    }),
  ]);
}

function mutationLines(outcome: MutationOutcome): string[] {
  const notices = outcome.notices
    .toSorted((a, b) => a.witness.steps - b.witness.steps)
    .map((notice) => `${notice.property} (${notice.scenario}, ${notice.witness.steps} steps)`);
  return [
    `  ${makeMutation(outcome.mutation)}`,
    `      ${outcome.title}`,
    ...(notices.length > 0 ? [`      ${notices.join(', ')}`] : []),
    ...(outcome.unnoticedReason
      ? [
          `      ${outcome.unnoticedReason.property} should notice: ${outcome.unnoticedReason.reason}`,
        ]
      : []),
    ...(outcome.incomplete.length > 0
      ? [`      incomplete: ${outcome.incomplete.join(', ')}`]
      : []),
  ];
}
