import { pause } from '../actions/playback';
import type { Session } from '../store/session';
import { commit } from '../store/undo';

/** Pauses playback and marks the current run in the undo list, so that one undo leaves the quiz. */
export function beginQuiz(session: Session): void {
  pause(session);
  commit(session, session.getState().run, 'quiz', 'Quiz: predict the next step');
}
