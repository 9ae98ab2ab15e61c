import type { Routine } from '../../kernel/language/design';
import type { Op } from '../../kernel/language/primitives';

/** Ids of the steps of a routine that a call's `fault` can name: each calls a kernel function that may fail. */
export function faultSteps(routine: Routine): readonly string[] {
  return routine.steps.filter((s) => s.ops.some(canFail)).map((s) => s.id);
}

function canFail(op: Op): boolean {
  switch (op.kind) {
    case 'fallible':
    case 'onFault':
      return true;
    case 'waitForCompletion':
      return op.onTimeout !== undefined;
    case 'spin':
    case 'withPointer':
      return op.ops.some(canFail);
    case 'test':
    case 'staticTest':
      return [...op.then, ...op.otherwise].some(canFail);
    case 'refDec':
      return op.onZero.some(canFail);
    case 'refIncNotZero':
    case 'cmpxchg':
      return op.otherwise.some(canFail);
    default:
      return false;
  }
}
