import { commit } from '../store/undo';
import type { Session } from '../store/session';
import type { QuizQuestion } from './quizQuestions';
import type { AlternativeSchedule, TaskQuestion } from './taskQuestion';
import { pause } from '../actions/playback';
import { applyTransition } from '../trace/applyTransition';

/** Shows what another answer would have led to, on a branch of its own with a name that says so; one stands where the other choice has been made. */
export function showAlternative(
  session: Session,
  { askDepth: ask }: TaskQuestion,
  way: AlternativeSchedule,
  branch: number,
): void {
  pause(session);
  const { run } = session.getState();
  const known = new Set(run.branches.map(({ id }) => id));
  const played = way.tasks.reduce((at, task) => applyTransition(at, { kind: 'step', task }), {
    ...run,
    branchId: branch,
    cursor: ask,
  });
  const branches = played.branches.map((each) =>
    known.has(each.id) ? each : { ...each, name: `${way.task} first` },
  );
  commit(
    session,
    { ...played, branches, cursor: ask + way.choiceLength },
    `${way.task} first`,
    way.text,
  );
}

/** Back to the branch of a question, where its answer is seen. */
export function returnToQuestion(
  session: Session,
  { answerDepth: answer }: QuizQuestion,
  branch: number,
): void {
  pause(session);
  const { run } = session.getState();
  if (run.branchId !== branch)
    commit(
      session,
      { ...run, branchId: branch, cursor: answer },
      'back to the question',
      'Back where the question was asked',
    );
}
