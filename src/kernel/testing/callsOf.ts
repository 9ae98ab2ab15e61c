import type { CallBody, DesignModel, Routine } from '../language/design';
import { fail } from '../language/primitives';
import { CALL_NAMES } from '../language/world';
import type { CallName } from '../language/world';

const UNSUPPORTED: Routine = {
  name: 'nothing',
  cite: '',
  steps: [{ id: 'N.1', title: 'nothing', ops: [fail('ENOTTY', 'no such call')] }],
};

/** The calls of a small test design: those given, and -ENOTTY for every other call of the format. */
export function callsOf(own: Partial<Readonly<Record<CallName, CallBody>>>): DesignModel['calls'] {
  return {
    ...(Object.fromEntries(
      CALL_NAMES.map((name) => [name, UNSUPPORTED]),
    ) as unknown as DesignModel['calls']),
    ...own,
  };
}
