import { commit } from './history';
import { advance } from './moves';
import type { Session } from './session';
import type { Question } from './predict';
import type { OtherWay, TaskQuestion } from './taskQuestion';
import { pause } from './transport';

/** Shows what another answer would have led to, on a branch of its own with a name that says so; one stands where the other choice has been made. */
export function tryOut(
  session: Session,
  { ask }: TaskQuestion,
  way: OtherWay,
  branch: number,
): void {
  pause(session);
  const { run } = session.getState();
  const known = new Set(run.branches.map(({ id }) => id));
  const played = way.moves.reduce((at, task) => advance(at, { kind: 'step', task }), {
    ...run,
    branch,
    cursor: ask,
  });
  const branches = played.branches.map((each) =>
    known.has(each.id) ? each : { ...each, name: `${way.task} first` },
  );
  commit(session, { ...played, branches, cursor: ask + way.chosen }, `${way.task} first`, way.text);
}

/** Back to the branch of a question, where its answer is seen. */
export function backFrom(session: Session, { answer }: Question, branch: number): void {
  pause(session);
  const { run } = session.getState();
  if (run.branch !== branch)
    commit(
      session,
      { ...run, branch, cursor: answer },
      'back to the question',
      'Back where the question was asked',
    );
}
