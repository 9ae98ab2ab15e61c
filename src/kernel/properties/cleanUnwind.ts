import type { Field, Program, ProgramCall } from '../compiler/program';
import type { Property } from './property';

/** A call that fails restores the state, and one that makes something and succeeds changes it; decided by running the call alone. */
export const cleanUnwind: Property = {
  id: 'clean-unwind',
  order: 13,
  label: 'I12',
  cite: 'docs/kernel-facts.md, I12',
  title: 'Failed calls restore state',
  statement:
    'A call that returns an error leaves every counter, pointer and flag as it was before the call. A call that makes, gives or maps something and succeeds has changed the state.',
  consequence:
    'The failed call has left changes behind, so later calls start from a state that no successful call reaches.',
  appliesTo: (p) => p.calls.some((c) => c.errnos.length > 0 || hasEffect(p, c)),
  detectedIn: 'graph',
  checks: () => [],
};

/** Calls whose success always changes the state, in every design. Others can find what they ask for done already. */
const CALLS_WITH_EFFECT: readonly string[] = [
  'ioas_alloc',
  'hwpt_alloc',
  'ioas_map',
  'ioas_unmap',
  'set_container',
  'unset_container',
];

/** The same in designs that know which files a VM holds. */
const KVM_CALLS: readonly string[] = ['kvm_add', 'kvm_del'];

/** Whether the call must change the state if it succeeds. */
export function hasEffect({ objects }: Program, { call }: ProgramCall): boolean {
  return (
    CALLS_WITH_EFFECT.includes(call.call) ||
    (KVM_CALLS.includes(call.call) && objects.some(({ spec }) => spec.per === 'kvmFile'))
  );
}

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
