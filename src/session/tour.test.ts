import { expect, it } from 'vitest';
import { libraryEntry } from '../scenario/library';
import { TOUR } from '../scenario/tour';
import { currentFrame } from './frame';
import { undo } from './history';
import { seek } from './moves';
import { openScenario } from './openScenario';
import { createSession, type Session } from './session';
import { leaveTour, moveTour, showStop } from './tour';

function opened(): Session {
  const entry = libraryEntry('hot-unplug');
  const result = entry && openScenario(entry.scenario, entry.id);
  if (!result?.ok) throw new Error('hot-unplug does not open');
  return createSession(result.run.setup, result.run);
}

it('shows each stop right after the step that it is about', () => {
  const session = opened();
  showStop(session, 0, false);
  for (const [at, stop] of TOUR.entries()) {
    const frame = currentFrame(session.getState());
    expect(session.getState().layout.tour).toBe(at);
    expect(session.getState().run.setup.scenario.design).toBe(stop.design);
    expect([frame.step?.name, frame.program.tasks[frame.task ?? -1]?.name]).toEqual([
      stop.at.step,
      stop.at.by,
    ]);
    moveTour(session, 1, false);
  }
  expect(session.getState().layout.tour).toBe(TOUR.length - 1);
});

it('gives the session before the tour back with one undo', () => {
  const session = opened();
  seek(session, 5);
  const { run } = session.getState();
  showStop(session, 0, false);
  moveTour(session, 1, false);
  moveTour(session, 1, false);
  leaveTour(session);
  undo(session);
  expect(session.getState().run).toBe(run);
  expect(session.getState().layout.tour).toBeUndefined();
});
