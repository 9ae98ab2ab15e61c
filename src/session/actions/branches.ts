import type { Session } from '../store/session';
import { commit } from '../store/undo';
import { currentBranch } from '../trace/run';
import { pathTo, sameTransition } from '../trace/traceTree';

/** Shows another branch. The cursor stays if both branches have its transitions, else moves back to where they fork. */
export function switchBranch(session: Session, id: number): void {
  const { run } = session.getState();
  const branch = run.branches.find((each) => each.id === id);
  if (!branch || id === run.branchId) return;
  const from = pathTo(currentBranch(run).tip);
  const fork = pathTo(branch.tip).findIndex(
    ({ transition }, depth) => !from[depth] || !sameTransition(from[depth].transition, transition),
  );
  const cursor = Math.min(run.cursor, fork < 0 ? branch.tip.depth : fork - 1);
  commit(
    session,
    { ...run, setup: branch.tip.setup, branchId: id, cursor },
    `switch to ${branch.name}`,
    `Switched to ${branch.name}`,
  );
}

/** Renames a branch; not undoable. */
export function renameBranch(session: Session, id: number, name: string): void {
  const { run } = session.getState();
  const branches = run.branches.map((branch) => (branch.id === id ? { ...branch, name } : branch));
  session.setState({ run: { ...run, branches } });
}
