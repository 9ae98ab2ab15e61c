import { callErrorText } from '../kernel/language/errno';
import { waitBlockers, waitText } from '../kernel/machine/describeEvent';
import {
  callResult,
  callStatus,
  currentCall,
  currentWait,
  enabled,
  inCall,
  isWaitForCall,
} from '../kernel/machine/machine';
import type { PropertyId } from '../kernel/language/propertyId';
import { propertyById } from '../kernel/properties/properties';
import { builtInOf } from '../scenario/link/linkOfTrace';
import { stateAt } from '../scenario/run/scenarioRun';
import type { Scenario } from '../scenario/format/scenario';
import type { Trace, TraceViolation } from '../scenario/run/trace';
import { callExpression } from '../scenario/format/callText';

/**
 * The violation that a run is about: the first one of `property` if that is given, else of the first property in the
 * `expect` of its scenario, else the first one at all.
 */
export function subjectViolation(trace: Trace, property?: PropertyId): TraceViolation | undefined {
  const violations = trace.steps.flatMap((s) => s.violations);
  const firstOf = (id: PropertyId): TraceViolation | undefined =>
    violations.find((v) => v.property === id);
  if (property !== undefined) return firstOf(property);
  if (violations.length === 0) return undefined;
  const [expected] = expectedViolations(trace.scenario).flatMap((id) => firstOf(id) ?? []);
  return expected ?? violations[0];
}

/** The properties that a scenario, or the built-in one that it comes from, expects to be violated. Its title is about the first. */
export function expectedViolations(scenario: Scenario): readonly PropertyId[] {
  const { design, options, expect } = scenario;
  const variant = (): Scenario | undefined =>
    builtInOf(scenario)?.variants.find(
      (v) => v.design === design && JSON.stringify(v.options) === JSON.stringify(options),
    );
  return (expect ?? variant()?.expect)?.violations ?? [];
}

/** One sentence: the consequence of the violation that the run is about, else which calls did not succeed. */
export function consequenceOf(trace: Trace, property?: PropertyId): string {
  const violation = subjectViolation(trace, property);
  if (violation) return propertyById(violation.property).consequence;
  const { program } = trace;
  const state = stateAt(trace, trace.steps.length);
  const clauses = program.calls.flatMap(({ index, call }): string[] => {
    const status = callStatus(program, state, index);
    const errno = callResult(program, state, index);
    const subject = `${call.by}'s ${callExpression(call)}`;
    if (status === 'done')
      return errno === 0 ? [] : [`${subject} fails with ${callErrorText(errno)}`];
    return [
      `${subject} ${status === 'skipped' ? 'is skipped' : status === 'running' ? 'has not returned' : 'has not begun'}`,
    ];
  });
  return clauses.length === 0
    ? `${program.calls.length === 1 ? 'The call returns' : `All ${program.calls.length} calls return`} without an error.`
    : `${clauses.join('; ')}${clauses.length < program.calls.length ? '; every other call succeeds' : ''}.`;
}

/** A sentence for each call that is blocked after the last step: what it waits for, and whether anything can still end the wait. */
export function blockedSentences(trace: Trace): readonly string[] {
  const { program } = trace;
  const state = stateAt(trace, trace.steps.length);
  const when =
    enabled(program, state).length === 0 ? 'never returns here' : 'is still blocked at the end';
  return program.tasks.flatMap(({ index: task }) => {
    const wait = currentWait(program, state, task);
    const call = currentCall(program, state, task)?.call;
    if (!wait || !call || (isWaitForCall(wait) && !inCall(program, state, task))) return [];
    const by = waitBlockers(program, state, wait).join(', ');
    return [
      `${call.by}'s ${callExpression(call)} ${when}: it waits for ${waitText(program, wait)}${by === '' || wait.kind === 'end' ? '' : `, held by ${by}`}.`,
    ];
  });
}
