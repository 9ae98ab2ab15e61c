import { commit } from '../store/undo';
import type { Session } from '../store/session';
import type { QuizQuestion } from './quizQuestions';
import type { AlternativeSchedule, TaskQuestion } from './taskQuestion';
import { pause } from '../actions/playback';
import { applyTransition } from '../trace/applyTransition';

/** Shows what another answer leads to, on a new branch named after the task. The cursor is where that choice has been made. */
export function showAlternative(
  session: Session,
  { askDepth }: TaskQuestion,
  alternative: AlternativeSchedule,
  branchId: number,
): void {
  pause(session);
  const { run } = session.getState();
  const known = new Set(run.branches.map(({ id }) => id));
  const name = `${alternative.task} first`;
  const played = alternative.tasks.reduce(
    (at, task) => applyTransition(at, { kind: 'step', task }),
    { ...run, branchId, cursor: askDepth },
  );
  const branches = played.branches.map((branch) =>
    known.has(branch.id) ? branch : { ...branch, name },
  );
  commit(
    session,
    { ...played, branches, cursor: askDepth + alternative.choiceLength },
    name,
    alternative.text,
  );
}

/** Returns to the branch of a question, at the depth of its answer. */
export function returnToQuestion(
  session: Session,
  { answerDepth }: QuizQuestion,
  branchId: number,
): void {
  pause(session);
  const { run } = session.getState();
  if (run.branchId !== branchId)
    commit(
      session,
      { ...run, branchId, cursor: answerDepth },
      'return to the question',
      'Returned to the branch of the question',
    );
}
