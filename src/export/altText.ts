import { designName, modifiedDesignText } from '../kernel/language/design';
import { callResult, callStatus, isEnabled } from '../kernel/machine/machine';
import { stateAt } from '../scenario/run/scenarioRun';
import type { PropertyId } from '../kernel/language/propertyId';
import type { Trace } from '../scenario/run/trace';
import { consequenceOf, subjectViolation } from './consequence';

/** A run as sentences for a screen reader, on one line: the calls and their results, and the violation that it is about. */
export function altText(trace: Trace, property?: PropertyId): string {
  const { program, scenario } = trace;
  const state = stateAt(trace, trace.steps.length);
  const names = program.tasks.filter((t) => !t.name.includes(':')).map((t) => t.name);
  const calls = program.calls.map(({ index, task, call }) => {
    const status = callStatus(program, state, index);
    const errno = callResult(program, state, index);
    const end =
      status === 'done'
        ? errno === 0
          ? 'succeeds'
          : `fails with ${errno}`
        : status === 'skipped'
          ? 'is skipped'
          : status === 'running'
            ? isEnabled(program, state, task)
              ? 'has not returned yet'
              : 'is still blocked'
            : 'has not begun';
    return `${call.by} calls ${call.call.replaceAll('_', ' ')}, which ${end}`;
  });
  const violation = subjectViolation(trace, property);
  const end = violation
    ? ` Property ${violation.property} is violated: ${endSentence(violation.text)} ${consequenceOf(trace, property)}`
    : ' No property is violated.';
  const note = modifiedDesignText(program.design);
  const title = scenario.title === '' ? '' : `${endSentence(scenario.title)} `;
  return `${title}Run of ${trace.steps.length} steps in ${note === undefined ? 'design' : `the ${note}`} ${designName(program.design, program.options)}, with ${joinNames(names)}. ${calls.map(endSentence).join(' ')}${end}`
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function endSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function joinNames(names: readonly string[]): string {
  return names.length < 2
    ? names.join('')
    : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
