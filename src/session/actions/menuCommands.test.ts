import { expect, it } from 'vitest';
import { sessionOf } from '../testing/sessionOf';
import { seekTo } from './stepping';
import { dispatch } from './dispatch';

it.each(['verdicts', 'compare'] as const)('starts the quiz on the stage from %s', (view) => {
  const session = sessionOf('bind-race');
  seekTo(session, Number.MAX_SAFE_INTEGER);
  dispatch(session, view);
  expect(session.getState().layout.view).toBe(view);
  dispatch(session, 'predict');
  expect(session.getState()).toMatchObject({ dialog: 'quiz', layout: { view: 'stage' } });
});
