import type { CheckResult } from '../../explore/checkResult';
import type { CheckSubject } from '../store/checkState';
import type { SessionState } from '../store/session';
import { currentSnapshot } from '../trace/replay';
import { sameModelInput } from '../trace/traceTree';

/** What a check of the current run explores: its calls, those issued by hand included. */
export function currentCheckSubject(state: Pick<SessionState, 'run' | 'mutations'>): CheckSubject {
  const { scenario } = state.run.setup;
  return {
    scenario: { ...scenario, calls: currentSnapshot(state).program.calls.map(({ call }) => call) },
    mutations: state.mutations,
  };
}

/** Whether the calls, options or steps have changed since a check of `subject`. */
export function isCheckOutOfDate(
  state: Pick<SessionState, 'run' | 'mutations'>,
  subject: CheckSubject,
): boolean {
  return !sameModelInput(currentCheckSubject(state), subject);
}

const STOP_REASONS: Readonly<Record<NonNullable<CheckResult['stoppedBy']>, string>> = {
  states: 'the state limit',
  memory: 'the memory limit',
  time: 'the time limit',
  depth: 'the depth limit',
  model: 'a limit of the model',
  cancel: 'you cancelled',
  bitstate: 'a bitstate search',
  violation: 'the violation',
  'hash-compact': 'a hash-compact search',
};

/** The verdict as an answer to "can any interleaving violate a property?". Says "No" only if every state was explored. */
export function verdictText({
  verdict,
  coverage,
  stoppedBy,
  states,
  properties,
}: CheckResult): string {
  const count = `${states.toLocaleString('en-US')} states`;
  const explored =
    coverage === 'complete'
      ? count
      : `the ${count} explored before ${STOP_REASONS[stoppedBy ?? 'cancel']}`;
  const violated = properties.filter(({ status }) => status === 'violated').length;
  if (verdict === 'violated')
    return `Yes: ${violated} of the properties ${violated === 1 ? 'is' : 'are'} violated in ${explored}.`;
  if (verdict === 'holds') return `No: no property is violated in any of ${explored}.`;
  return `Unknown: no violation in ${explored}, but not all states were explored.`;
}
