import { expect, it } from 'vitest';
import { TOUR_STOPS } from '../../scenario/library/tour';
import { currentSnapshot } from '../trace/replay';
import { undo } from '../store/undo';
import { seekTo } from './stepping';
import { leaveTour, moveTour, showTourStop } from './tour';
import { sessionOf } from '../testing/sessionOf';

it('shows each stop right after its step', () => {
  const session = sessionOf('hot-unplug');
  showTourStop(session, 0, false);
  for (const [at, stop] of TOUR_STOPS.entries()) {
    const snapshot = currentSnapshot(session.getState());
    expect(session.getState().layout.tourStop).toBe(at);
    expect(session.getState().run.setup.scenario.design).toBe(stop.design);
    expect([snapshot.step?.name, snapshot.program.tasks[snapshot.task ?? -1]?.name]).toEqual([
      stop.at.step,
      stop.at.by,
    ]);
    moveTour(session, 1, false);
  }
  expect(session.getState().layout.tourStop).toBe(TOUR_STOPS.length - 1);
});

it('returns to the session before the tour with one undo', () => {
  const session = sessionOf('hot-unplug');
  seekTo(session, 5);
  const { run } = session.getState();
  showTourStop(session, 0, false);
  moveTour(session, 1, false);
  moveTour(session, 1, false);
  leaveTour(session);
  undo(session);
  expect(session.getState().run).toBe(run);
  expect(session.getState().layout.tourStop).toBeUndefined();
});
