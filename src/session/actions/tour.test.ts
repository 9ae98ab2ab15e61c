import { expect, it } from 'vitest';
import { libraryEntry } from '../../scenario/library/library';
import { TOUR_STOPS } from '../../scenario/library/tour';
import { currentSnapshot } from '../trace/replay';
import { undo } from '../store/undo';
import { seekTo } from './stepping';
import { openScenario } from '../trace/openScenario';
import { createSession, type Session } from '../store/session';
import { leaveTour, moveTour, showTourStop } from './tour';

function openedSession(): Session {
  const entry = libraryEntry('hot-unplug');
  const result = entry && openScenario(entry.scenario, entry.id);
  if (!result?.ok) throw new Error('hot-unplug does not open');
  return createSession(result.run.setup, result.run);
}

it('shows each stop right after the step that it is about', () => {
  const session = openedSession();
  showTourStop(session, 0, false);
  for (const [at, stop] of TOUR_STOPS.entries()) {
    const frame = currentSnapshot(session.getState());
    expect(session.getState().layout.tourStop).toBe(at);
    expect(session.getState().run.setup.scenario.design).toBe(stop.design);
    expect([frame.step?.name, frame.program.tasks[frame.task ?? -1]?.name]).toEqual([
      stop.at.step,
      stop.at.by,
    ]);
    moveTour(session, 1, false);
  }
  expect(session.getState().layout.tourStop).toBe(TOUR_STOPS.length - 1);
});

it('gives the session before the tour back with one undo', () => {
  const session = openedSession();
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
