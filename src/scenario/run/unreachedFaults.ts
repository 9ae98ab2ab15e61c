import type { Program, ProgramCall } from '../../kernel/compiler/program';
import type { Call } from '../../kernel/language/world';
import type { StepEvent } from '../../kernel/machine/machine';
import { quote } from '../format/quote';
import type { InputError } from '../format/scenario';

/** A step of a run: its call and its events. */
interface CallStep {
  readonly call: Call;
  readonly events: readonly StepEvent[];
}

/** The faults that a finished run has not reached, as errors of its scenario. */
export function unreachedFaults(
  program: Program,
  steps: readonly CallStep[],
): readonly InputError[] {
  const faults = callsWithFault(program);
  if (faults.length === 0) return [];
  const reached = new Set(
    steps.filter(({ events }) => isFaultReached(events)).map(({ call }) => call),
  );
  return faults
    .filter(({ call }) => !reached.has(call))
    .map((call) => unreachedFaultError(call, 'in this run'));
}

/** The calls that name a fault. */
export function callsWithFault(program: Program): readonly ProgramCall[] {
  return program.calls.filter(({ call }) => call.fault !== undefined);
}

/** Whether the fault of the call happened in a step with these events. */
export function isFaultReached(events: readonly StepEvent[]): boolean {
  return events.some(({ template }) => 'injected' in template && template.injected === true);
}

/** `where` completes "a step that attach_ioas reaches …". */
export function unreachedFaultError({ index, call }: ProgramCall, where: string): InputError {
  return {
    path: `calls[${index}].fault`,
    message: `expected a step that ${call.call} of ${call.by} reaches ${where}, got ${quote(call.fault)}, which never failed`,
  };
}
