import { expect, it } from 'vitest';
import { DESIGNS } from '../../designs/designs';
import { registerDesigns } from '../../designs/registry';
import { sessionOf } from '../testing/sessionOf';
import { branchPath, currentSnapshot } from '../trace/replay';
import { taskStatuses } from './taskStatus';
import { timelineLanes } from './timeline';

registerDesigns(DESIGNS);

it('shows no call in the lane of a store buffer', () => {
  const session = sessionOf('stale-access');
  const lanes = timelineLanes(branchPath(session.getState()));
  const lane = lanes.find(({ task }) => task === 'qemu:flush');
  expect(lane?.transitionDepths.length).toBeGreaterThan(0);
  expect(lane?.bars).toEqual([]);
});

it('says of a store buffer what it flushes, and no call', () => {
  const statuses = taskStatuses(currentSnapshot(sessionOf('stale-access').getState()));
  const buffers = statuses.filter(({ name }) => name.endsWith(':flush'));
  expect(buffers.length).toBeGreaterThan(0);
  for (const { currentCall, upcomingCall, nextStep } of buffers) {
    expect([currentCall, upcomingCall]).toEqual([undefined, undefined]);
    expect(nextStep?.title).toMatch(/^flush the store buffer of \w+/);
  }
});
