import { expect, it } from 'vitest';
import { DESIGNS } from '../../designs/designs';
import { stepNames } from '../../kernel/compiler/mutate';
import { PROPERTY_IDS } from '../../kernel/properties/properties';
import { UNNOTICED_REASONS } from './unnoticedReasons';

it('gives one reason per step, of a design and a property that exist', () => {
  const steps = UNNOTICED_REASONS.flatMap((r) => r.steps);
  const known = new Set(DESIGNS.flatMap((design) => stepNames(design, {})));
  expect(steps.filter((step) => !known.has(step))).toEqual([]);
  expect(steps.filter((step, i) => steps.indexOf(step) !== i)).toEqual([]);
  expect(UNNOTICED_REASONS.filter((r) => !PROPERTY_IDS.includes(r.property))).toEqual([]);
});
