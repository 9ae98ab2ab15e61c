import { callResult, callStatus } from '../kernel/machine/machine';
import { propertyById } from '../kernel/properties/properties';
import { stateAt } from '../scenario/run/scenarioRun';
import type { Trace, TraceViolation } from '../scenario/run/trace';
import { callExpression } from '../scenario/format/callText';

/** The first violation of a run. */
export function firstViolation(trace: Trace): TraceViolation | undefined {
  for (const { violations } of trace.steps) if (violations[0]) return violations[0];
  return undefined;
}

/** One sentence: the consequence of the first violation, else which calls did not succeed. */
export function consequenceOf(trace: Trace): string {
  const violation = firstViolation(trace);
  if (violation) return propertyById(violation.property).consequence;
  const { program } = trace;
  const state = stateAt(trace, trace.steps.length);
  const clauses = program.calls.flatMap(({ index, call }): string[] => {
    const status = callStatus(program, state, index);
    const errno = callResult(program, state, index);
    const subject = `${call.by}'s ${callExpression(call)}`;
    if (status === 'done') return errno === 0 ? [] : [`${subject} fails with -${errno}`];
    return [
      `${subject} ${status === 'skipped' ? 'is skipped' : status === 'running' ? 'has not returned' : 'has not begun'}`,
    ];
  });
  return clauses.length === 0
    ? `${program.calls.length === 1 ? 'The call returns' : `All ${program.calls.length} calls return`} without an error.`
    : `${clauses.join('; ')}${clauses.length < program.calls.length ? '; every other call succeeds' : ''}.`;
}
