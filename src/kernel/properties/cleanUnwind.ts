import type { Field, Program } from '../compiler/program';
import type { Property } from './property';

/** A call that fails restores the state; decided by running the call alone. */
export const cleanUnwind: Property = {
  id: 'clean-unwind',
  order: 13,
  label: 'I12',
  cite: 'docs/kernel-facts.md, I12',
  title: 'Failed calls restore state',
  statement:
    'A call that returns an error leaves every counter, pointer and flag as it was before the call.',
  consequence:
    'The failed call has left changes behind, so later calls start from a state that no successful call reaches.',
  appliesTo: (p) => p.calls.some((c) => c.errnos.length > 0),
  detectedIn: 'graph',
  checks: () => [],
};

/**
 * The fields that a failed call left changed, given the states before and after it ran alone. Fields of tasks, and objects that
 * the call itself allocated and freed again, are ignored.
 */
export function fieldsNotRestored(
  program: Program,
  before: Int32Array,
  after: Int32Array,
): Field[] {
  return program.fields.filter((f) => {
    if (f.object < 0 || before[f.index] === after[f.index]) return false;
    const { lifetime: life } = program.objects[f.object]!;
    if (life === undefined) return true;
    if (f.index === life) return before[life] === 1 || after[life] === 1;
    return before[life] === 1 && after[life] === 1;
  });
}
