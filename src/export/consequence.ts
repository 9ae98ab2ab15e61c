import { callResult, callStatus } from '../kernel/machine/machine';
import type { PropertyId } from '../kernel/language/propertyId';
import { stateAt } from '../scenario/run/scenarioRun';
import type { Trace, TraceViolation } from '../scenario/run/trace';
import { callExpression } from '../scenario/format/callText';

/** What a broken rule means for people, in one sentence each. */
const VIOLATION_MEANING: Readonly<Record<PropertyId, string>> = {
  'owner-exclusive': 'Two owners now reach one device, and each can break the DMA of the other.',
  'single-bind': 'Two files are bound to one device at the same time.',
  'dma-owner': 'A file works in a group whose DMA belongs to somebody else.',
  'path-exclusive': 'The group path and the cdev path are open to one device at the same time.',
  'no-ops-before-bind': 'The driver has run for a file that nobody had bound.',
  publication: 'A task can see the gate open before the work that it guards is done.',
  counters:
    'A counter no longer agrees with its holders: what it protects goes too early or never.',
  memory: 'The kernel has touched memory that does not hold the object any more, or not yet.',
  'unregister-live': "The driver's unregister can be kept waiting for ever.",
  'id-unique': 'Two live objects go by one number.',
  'no-lock-at-user':
    'A task has returned to user space with a lock, and the next taker waits for ever.',
  'lock-order':
    'Two tasks that take the locks in these orders at the same time stop each other for ever.',
  'clean-unwind':
    'The refused call has left traces, so later calls start from a state that no successful call makes.',
  'kvm-ref': "The device's KVM reference is no longer that of its owner.",
  'ctx-alive': 'An iommufd context is gone while a device is still bound to it.',
  'no-deadlock': 'None of these tasks can ever go on.',
};

/** The first rule that a run breaks. */
export function firstViolation(trace: Trace): TraceViolation | undefined {
  for (const s of trace.steps) if (s.violations[0]) return s.violations[0];
  return undefined;
}

/** One sentence: what came of the run. */
export function consequenceOf(trace: Trace): string {
  const broken = firstViolation(trace);
  if (broken) return VIOLATION_MEANING[broken.property];
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
