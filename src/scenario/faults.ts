import type { Routine } from '../kernel/design';
import type { Op } from '../kernel/primitives';

/** The ids of the steps of a routine in which a helper outside the model can be made to fail. */
export function faultSteps(routine: Routine): readonly string[] {
  return routine.steps.filter((s) => s.ops.some(hasFallible)).map((s) => s.id);
}

function hasFallible(op: Op): boolean {
  switch (op.kind) {
    case 'fallible':
    case 'onFault':
      return true;
    case 'spin':
    case 'withPointer':
      return op.ops.some(hasFallible);
    case 'test':
    case 'staticTest':
      return [...op.then, ...op.otherwise].some(hasFallible);
    case 'refDec':
      return op.onZero.some(hasFallible);
    case 'refIncNotZero':
    case 'cmpxchg':
      return op.otherwise.some(hasFallible);
    default:
      return false;
  }
}
