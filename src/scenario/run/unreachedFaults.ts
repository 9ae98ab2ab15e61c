import type { InputError } from '../format/scenario';
import type { Trace } from './trace';

/** One error for each fault of a scenario whose step a finished run did not reach: such a fault changes nothing. */
export function unreachedFaults({ scenario, steps }: Trace): readonly InputError[] {
  return scenario.calls.flatMap(({ by, call, fault }, index) => {
    if (fault === undefined) return [];
    const reached = steps.filter((s) => s.step.call === index);
    if (reached.some((s) => s.step.id === fault)) return [];
    const last = reached.at(-1)?.step.id;
    return [
      {
        path: `calls[${index}].fault`,
        message: `expected a step that ${by}'s ${call} reaches, got "${fault}" (${last === undefined ? 'the call makes no step' : `its last step is ${last}`})`,
      },
    ];
  });
}
