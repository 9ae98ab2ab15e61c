import { commit } from '../store/undo';
import type { Session } from '../store/session';
import { pathTo } from '../trace/traceTree';
import { currentBranch } from '../trace/run';

/** Shows another branch, at the place where it parted from this one or at its end. */
export function switchBranch(session: Session, id: number): void {
  const { run } = session.getState();
  const branch = run.branches.find((each) => each.id === id);
  if (!branch || id === run.branchId) return;
  const here = pathTo(currentBranch(run).tip);
  const there = pathTo(branch.tip);
  const parted = there.findIndex((moment, depth) => here[depth] !== moment);
  const cursor = Math.min(run.cursor, parted < 0 ? branch.tip.depth : parted - 1);
  commit(
    session,
    { ...run, branchId: id, cursor },
    `switch to ${branch.name}`,
    `Now on ${branch.name}`,
  );
}

/** Gives a branch a name for people. */
export function renameBranch(session: Session, id: number, name: string): void {
  const { run } = session.getState();
  const branches = run.branches.map((branch) => (branch.id === id ? { ...branch, name } : branch));
  session.setState({ run: { ...run, branches } });
}
