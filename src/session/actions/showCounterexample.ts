import { parseScheduleEntry } from '../../scenario/format/scheduleText';
import type { CheckSubject } from '../store/checkState';
import { notify } from '../store/notifications';
import type { Session } from '../store/session';
import { commit } from '../store/undo';
import { currentBranch, FIRST_BRANCH_ID, nextBranchId, runTo, type Run } from '../trace/run';
import {
  childTraceNode,
  pathTo,
  rootTraceNode,
  sameModelInput,
  type Branch,
  type Setup,
  type TraceNode,
} from '../trace/traceTree';
import { designOfSubject } from './mutations';
import { setPageLayout } from './pageLayout';
import { pause, play } from './playback';

const MAX_BRANCH_NAME = 40;

/**
 * Plays a schedule of a check: on a new branch if the check explored the run on screen, else as a new run.
 * `name` is a property id or the name of an outcome; the branch gets it.
 */
export function showCounterexample(
  session: Session,
  subject: CheckSubject,
  name: string,
  schedule: readonly string[],
): void {
  pause(session);
  const run = counterexampleRun(session.getState().run, subject, name, schedule);
  if (typeof run === 'string')
    return notify(session, 'error', 'The counterexample cannot be shown.', [run]);
  commit(session, run, `counterexample of ${name}`, `Counterexample of ${name}`);
  setPageLayout(session, { view: 'stage', narrowPanel: 'stage' });
  play(session);
}

function counterexampleRun(
  run: Run,
  subject: CheckSubject,
  name: string,
  schedule: readonly string[],
): Run | string {
  const tasks = schedule.flatMap((entry) => {
    const { task, count } = parseScheduleEntry(entry);
    return Array.from({ length: count }, () => task);
  });
  const follow = (root: TraceNode): TraceNode =>
    tasks.reduce((node, task) => childTraceNode(node, { kind: 'step', task }), root);
  if (sameModelInput(run.setup, subject)) {
    const [root] = pathTo(currentBranch(run).tip);
    if (!root) throw new Error('a branch without a root');
    const branch: Branch = {
      id: nextBranchId(run),
      name: name.slice(0, MAX_BRANCH_NAME),
      tip: follow(root),
      forkedFrom: { branch: run.branchId, depth: 0 },
    };
    const others = run.branches.filter(
      (each) => each.name !== branch.name || each.id === FIRST_BRANCH_ID,
    );
    return { ...run, branches: [...others, branch], branchId: branch.id, cursor: 0 };
  }
  const design = designOfSubject(subject);
  if (typeof design === 'string') return design;
  const { scenario, mutations } = subject;
  const setup: Setup = {
    scenario: { ...scenario, beats: [], expect: undefined, schedule },
    libraryId: undefined,
    design,
    ...(mutations.length > 0 ? { mutations } : {}),
  };
  return runTo(setup, follow(rootTraceNode(setup)), name);
}
