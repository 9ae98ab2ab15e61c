import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DESIGNS } from '../../designs/designs';
import { registerDesigns } from '../../designs/registry';
import { branchCaptions, narration } from '../queries/captions';
import { sessionOf } from '../testing/sessionOf';
import { branchPath, snapshotAt } from '../trace/replay';
import { dispatch } from './dispatch';
import { setPageLayout } from './pageLayout';
import { changePresentation, lockSteps, present } from './presentation';

registerDesigns(DESIGNS);
beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('steps with the arrows, jumps between captions with the page keys, and ends with the card', () => {
  const session = sessionOf('bind-race');
  present(session, true);
  const cursor = (): number => session.getState().run.cursor;
  const captions = branchCaptions(session.getState()).flatMap((each, depth) =>
    each ? [depth] : [],
  );
  dispatch(session, 'present-step');
  dispatch(session, 'present-step');
  expect(cursor()).toBe(2);
  dispatch(session, 'present-step-back');
  expect(cursor()).toBe(1);
  dispatch(session, 'present-next');
  vi.runAllTimers();
  expect(cursor()).toBe(captions[0]);
  for (let presses = 0; presses < captions.length; presses += 1) {
    dispatch(session, 'present-next');
    vi.runAllTimers();
    if (cursor() === branchPath(session.getState()).length - 1) break;
  }
  expect(cursor()).toBe(branchPath(session.getState()).length - 1);
  expect(session.getState().presentation.screen).toBe('stage');
  dispatch(session, 'present-next');
  expect(session.getState().presentation.screen).toBe('end');
  dispatch(session, 'present-back');
  expect(session.getState().presentation.screen).toBe('stage');
  expect(cursor()).toBe(branchPath(session.getState()).length - 1);
});

it('shows the step that takes the lock under the caption that speaks of it', () => {
  const session = sessionOf('double-bind');
  present(session, true);
  const state = session.getState();
  const depth = branchCaptions(state).findIndex(
    (caption, at) => caption && lockSteps(state, at).length > 0,
  );
  expect(depth).toBeGreaterThan(0);
  const [lockDepth] = lockSteps(state, depth);
  const caption = branchCaptions(state)[depth]?.say;
  while (session.getState().presentation.captionDepth !== depth) {
    vi.runAllTimers();
    dispatch(session, 'present-next');
  }
  const { run, presentation } = session.getState();
  expect(run.cursor).toBe(lockDepth);
  expect(
    snapshotAt(branchPath({ run })[run.cursor]!).events.some(
      ({ template: { kind } }) => kind === 'lock',
    ),
  ).toBe(true);
  expect(narration({ run: { ...run, cursor: presentation.captionDepth ?? 0 } })).toBe(caption);
  // Once more: at once to the caption.
  dispatch(session, 'present-next');
  expect(session.getState().run.cursor).toBe(depth);
});

it('blacks the screen out, and a step shows the stage again', () => {
  const session = sessionOf('bind-race');
  present(session, true);
  dispatch(session, 'present-black');
  expect(session.getState().presentation.screen).toBe('black');
  dispatch(session, 'present-step');
  expect(session.getState().presentation.screen).toBe('stage');
});

it('returns to the layout that it was started from, without a highlight of the mouse', () => {
  const session = sessionOf('first-race');
  setPageLayout(session, { welcome: true });
  const { layout } = session.getState();
  const onDevice = { objects: [1], fields: [], step: undefined };
  dispatch(session, 'hover', { target: onDevice });
  present(session, true);
  expect(session.getState().layout.welcome).toBe(false);
  expect(session.getState().hover).toBeUndefined();
  dispatch(session, 'present-pointer');
  dispatch(session, 'hover', { target: onDevice });
  dispatch(session, 'present-pointer');
  expect(session.getState().hover).toBeUndefined();
  changePresentation(session, { screen: 'end' });
  dispatch(session, 'present-leave');
  expect(session.getState().layout).toEqual(layout);
});
