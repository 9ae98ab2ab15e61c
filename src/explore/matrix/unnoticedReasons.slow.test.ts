import { expect, it } from 'vitest';
import { requireDesign } from '../../designs/registry';
import { makeMutation } from '../../kernel/language/mutation';
import { designConfigOf, libraryCases } from './matrix';
import { runMutationReport } from './mutationReport';
import { UNNOTICED_REASONS } from './unnoticedReasons';

it('gives reasons only for removals that have an effect in the library and that no property notices', () => {
  const steps = UNNOTICED_REASONS.flatMap((r) => r.steps);
  const { cases } = libraryCases([designConfigOf(requireDesign('upstream'))]);
  const outcomes = runMutationReport(
    cases,
    steps.map((step) => ({ kind: 'without', step })),
  );
  expect(
    outcomes
      .filter(({ status }) => status !== 'unnoticed')
      .map(({ mutation, status, notices }) => [
        makeMutation(mutation),
        status,
        notices[0]?.property,
      ]),
  ).toEqual([]);
  expect(outcomes).toHaveLength(steps.length);
});
