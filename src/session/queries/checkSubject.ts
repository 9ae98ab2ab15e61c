import type { CheckResult } from '../../explore/checkResult';
import { currentSnapshot } from '../trace/replay';
import type { SessionState } from '../store/session';
import type { CheckSubject } from '../store/checkState';

/** The calls on screen, those put in by hand included: what a check is about. */
export function currentCheckSubject(state: Pick<SessionState, 'run' | 'mutations'>): CheckSubject {
  const { scenario } = state.run.setup;
  return {
    scenario: { ...scenario, calls: currentSnapshot(state).program.calls.map(({ call }) => call) },
    mutations: state.mutations,
  };
}

/** Whether a check was about something else than what is on screen now. */
export function isCheckOutOfDate(
  state: Pick<SessionState, 'run' | 'mutations'>,
  of: CheckSubject,
): boolean {
  const now = currentCheckSubject(state);
  return [now, of]
    .map((each) =>
      JSON.stringify([
        each.scenario.design,
        each.scenario.options,
        each.scenario.world,
        each.scenario.calls,
        each.mutations,
      ]),
    )
    .some((text, _, all) => text !== all[0]);
}

/** The verdict in one sentence; never says that anything holds where not all states were seen. */
export function verdictText({
  verdict,
  coverage,
  stoppedBy,
  states,
  properties,
}: CheckResult): string {
  const seen = `${states.toLocaleString('en-US')} states`;
  const part =
    coverage === 'complete'
      ? seen
      : `the ${seen} seen before ${{ states: 'the limit of states', memory: 'the limit of memory', time: 'the limit of time', cancel: 'you stopped it', depth: 'the limit of depth' }[stoppedBy ?? 'cancel']}`;
  const broken = properties.filter(({ status }) => status === 'violated').length;
  if (verdict === 'violated')
    return `Yes: ${broken} of the properties ${broken === 1 ? 'is' : 'are'} violated in ${part}.`;
  if (verdict === 'holds') return `No: nothing goes wrong in any of ${part}.`;
  return `Not known: nothing went wrong in ${part}, but that is not all of them.`;
}
