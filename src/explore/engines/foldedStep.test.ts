import { expect, it } from 'vitest';
import { binary, constant, field } from '../../kernel/language/expressions';
import { FoldedStep, specialise, StepForm } from './foldedStep';
import type { FieldFacts } from './simplify';

/** Field 0 is the pc, field 1 has this range; field 2 is between 0 and 3. */
function facts(lo: number, hi: number): FieldFacts {
  const ranges = [[0, 1] as const, [lo, hi] as const, [0, 3] as const];
  return { constantOf: () => undefined, rangeOf: (index) => ranges[index] ?? [0, 0] };
}

const increment = new StepForm(constant(1), [
  { op: 'set', field: 2, value: binary('add', field(1), constant(1)) },
]);

it('a form is simplified again when a fact about a field that it reads changes', () => {
  const open = increment.fold(facts(0, 3));
  const known = increment.fold(facts(2, 2));
  expect(open).toBe(increment);
  expect(known.body).toEqual([{ op: 'set', field: 2, value: constant(3) }]);
  expect(increment.fold(facts(2, 2))).toBe(known);
  expect(increment.fold(facts(1, 1)).body).toEqual([{ op: 'set', field: 2, value: constant(2) }]);
  expect(increment.withoutField(2, 3, facts(0, 3))).toBeUndefined();
  expect(increment.withoutField(2, 3, facts(2, 2))?.body).toEqual([]);
  expect(increment.withoutField(2, 1, facts(2, 2))).toBeUndefined();
});

it('control states are found again when a step, a candidate or a fact changes', () => {
  const statesOf = (form: StepForm, candidates: readonly number[], known: FieldFacts): unknown => {
    const step = new FoldedStep(0, 0, form);
    const { states, forms } = specialise([step], 0, candidates, () => 0, known, String);
    return { values: [...states.values], bodies: forms.map(({ body }) => body) };
  };
  const first = statesOf(increment, [2], facts(2, 2));
  expect(first).toEqual({
    values: [
      [0, [0, 1]],
      [2, [0, 3]],
    ],
    bodies: [[{ op: 'jump', pc: 1 }]],
  });
  expect(statesOf(increment, [2], facts(2, 2))).toEqual(first);
  expect(statesOf(increment, [2], facts(1, 1))).not.toEqual(first);
  expect(statesOf(increment, [], facts(2, 2))).not.toEqual(first);
  const other = new StepForm(constant(1), [{ op: 'set', field: 2, value: constant(1) }]);
  expect(statesOf(other, [2], facts(2, 2))).not.toEqual(first);
});
