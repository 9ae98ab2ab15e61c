import type { CheckResult } from '../../explore/checkResult';
import type { CheckSubject } from '../store/checkState';
import type { SessionState } from '../store/session';
import { currentSnapshot } from '../trace/replay';
import { changeText } from './changeText';
import { changesOf, sameModelInput } from '../trace/traceTree';

/** What a check of the current run explores: its calls, those issued by hand included. */
export function currentCheckSubject(state: Pick<SessionState, 'run'>): CheckSubject {
  const { scenario } = state.run.setup;
  return {
    scenario: { ...scenario, calls: currentSnapshot(state).program.calls.map(({ call }) => call) },
    mutations: changesOf(state.run.setup),
  };
}

/** Whether the calls, options or steps have changed since a check of `subject`. */
export function isCheckOutOfDate(state: Pick<SessionState, 'run'>, subject: CheckSubject): boolean {
  return !sameModelInput(currentCheckSubject(state), subject);
}

/** What an out-of-date check of `subject` is the result of: its design, and what else differs from the run on screen. */
export function outOfDateText(
  state: Pick<SessionState, 'run'>,
  { scenario, mutations }: CheckSubject,
): string {
  const current = currentCheckSubject(state);
  const differs = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);
  const options = Object.entries(scenario.options).map(([id, value]) => `${id}: ${value}`);
  const count = scenario.calls.length;
  const parts = [
    scenario.design,
    ...(scenario.title === current.scenario.title ? [] : [`“${scenario.title}”`]),
    ...(scenario.design === current.scenario.design &&
    differs(scenario.options, current.scenario.options)
      ? [options.length === 0 ? 'default options' : options.join(', ')]
      : []),
    ...(differs(scenario.world, current.scenario.world) ? ['other processes and devices'] : []),
    ...(differs(scenario.calls, current.scenario.calls)
      ? [
          count === current.scenario.calls.length
            ? 'other calls'
            : `${count} ${count === 1 ? 'call' : 'calls'}`,
        ]
      : []),
    ...(mutations.length > 0
      ? [`modified: ${mutations.map(changeText).join('; ')}`]
      : current.mutations.length > 0
        ? ['the unmodified design']
        : []),
  ];
  return `Out of date: this is the result for ${parts.join(', ')}.`;
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
  const stop = STOP_REASONS[stoppedBy ?? 'cancel'];
  const explored = coverage === 'complete' ? count : `the ${count} explored before ${stop}`;
  const violated = properties.filter(({ status }) => status === 'violated').length;
  if (verdict === 'violated')
    return `Yes: ${violated} ${violated === 1 ? 'property is' : 'properties are'} violated. ${count} searched${coverage === 'complete' ? '' : ` before ${stop}`}.`;
  if (verdict === 'holds') return `No: no property is violated in any of ${explored}.`;
  return `Unknown: no violation in ${explored}, but not all states were explored.`;
}
