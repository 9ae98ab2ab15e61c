import { expect, it } from 'vitest';
import { TOUR_STOPS } from '../../scenario/library/tour';
import { currentSnapshot } from '../trace/replay';
import { seekTo, startCall } from './stepping';
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

it('shows again what was on screen before the tour', () => {
  const session = sessionOf('hot-unplug');
  seekTo(session, 5);
  session.setState(({ layout }) => ({ layout: { ...layout, welcome: true, sidePanel: 'check' } }));
  const { run, layout } = session.getState();
  showTourStop(session, 0, false);
  moveTour(session, 1, false);
  moveTour(session, 1, false);
  leaveTour(session);
  expect(session.getState().run).toBe(run);
  expect(session.getState().layout).toEqual(layout);
});

it('keeps a run that the user has changed during the tour', () => {
  const session = sessionOf('hot-unplug');
  showTourStop(session, 0, false);
  startCall(session, { by: 'qemu', call: 'open_iommufd', as: 'extra' });
  const { run } = session.getState();
  leaveTour(session);
  expect(session.getState().run).toBe(run);
  expect(session.getState().layout.tourStop).toBeUndefined();
});
