import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { currentCaption } from '../queries/captions';
import { sessionOf } from '../testing/sessionOf';
import { branchPath } from '../trace/replay';
import { play } from './playback';
import { changeSettings } from './settings';
import { seekTo } from './stepping';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('waits at a caption until it can be read, longer at a slower speed', () => {
  const waited = [1, 2].map((speed) => {
    const session = sessionOf('bind-race');
    const captioned = branchPath(session.getState()).findIndex((_, cursor) => {
      const { run } = session.getState();
      return cursor > 0 && currentCaption({ run: { ...run, cursor } }) !== undefined;
    });
    seekTo(session, captioned - 1);
    changeSettings(session, { speed });
    play(session);
    vi.advanceTimersByTime(1000 / speed);
    expect(session.getState().run.cursor).toBe(captioned);
    let steps = 0;
    for (; session.getState().run.cursor === captioned; steps++)
      vi.advanceTimersByTime(1000 / speed);
    return steps;
  });
  expect(waited[0]).toBeGreaterThan(3);
  expect(waited[0]).toBeLessThan(15);
  expect(waited[1]).toBe(waited[0]);
});
