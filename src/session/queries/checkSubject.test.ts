import { expect, it } from 'vitest';
import type { CheckResult } from '../../explore/checkResult';
import { switchDesign } from '../actions/switchDesign';
import { toggleMutation } from '../actions/mutations';
import { sessionOf } from '../testing/sessionOf';
import { currentCheckSubject, outOfDateText, verdictText } from './checkSubject';

const violated = (count: number, coverage: CheckResult['coverage']): CheckResult =>
  ({
    verdict: 'violated',
    coverage,
    stoppedBy: coverage === 'complete' ? undefined : 'time',
    states: 708,
    properties: Array.from({ length: count }, () => ({ status: 'violated' })),
  }) as unknown as CheckResult;

it('counts violated properties apart from states', () => {
  expect(verdictText(violated(1, 'complete'))).toBe(
    'Yes: 1 property is violated. 708 states searched.',
  );
  expect(verdictText(violated(2, 'stopped'))).toBe(
    'Yes: 2 properties are violated. 708 states searched before the time limit.',
  );
});

it('says what an out-of-date check is the result of', () => {
  const session = sessionOf('bind-race');
  const subject = currentCheckSubject(session.getState());
  toggleMutation(session, { kind: 'without', step: 'upstream/bind_iommufd/BIND.10' });
  expect(outOfDateText(session.getState(), subject)).toBe(
    'Out of date: this is the result for upstream, the unmodified design.',
  );
  const modified = currentCheckSubject(session.getState());
  switchDesign(session, 'rfc-opened');
  expect(session.getState().run.setup.design.id).toBe('rfc-opened');
  expect(outOfDateText(session.getState(), modified)).toMatch(
    /^Out of date: this is the result for upstream, (.*, )?modified: BIND\.10 disabled\.$/,
  );
});
