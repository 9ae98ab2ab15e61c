import { callResult, callStatus } from '../kernel/machine/machine';
import { propertyById } from '../kernel/properties/properties';
import { stateAt } from '../scenario/run/scenarioRun';
import type { Trace, TraceViolation } from '../scenario/run/trace';
import { callExpression } from '../scenario/format/callText';

/** The first rule that a run breaks. */
export function firstViolation(trace: Trace): TraceViolation | undefined {
  for (const s of trace.steps) if (s.violations[0]) return s.violations[0];
  return undefined;
}

/** One sentence: what came of the run. */
export function consequenceOf(trace: Trace): string {
  const broken = firstViolation(trace);
  if (broken) return propertyById(broken.property).consequence;
  const { program } = trace;
  const state = stateAt(trace, trace.steps.length);
  const parts = program.calls.flatMap(({ index, call }): string[] => {
    const status = callStatus(program, state, index);
    const errno = callResult(program, state, index);
    const what = `${call.by}'s ${callExpression(call)}`;
    if (status === 'done') return errno === 0 ? [] : [`${what} is refused with -${errno}`];
    return [
      `${what} ${status === 'skipped' ? 'is skipped' : status === 'running' ? 'is still under way' : 'has not begun'}`,
    ];
  });
  return parts.length === 0
    ? `${program.calls.length === 1 ? 'The call returns' : `All ${program.calls.length} calls return`} without an error.`
    : `${parts.join('; ')}${parts.length < program.calls.length ? '; every other call succeeds' : ''}.`;
}
