import { commit } from '../store/undo';
import { notify } from '../store/notifications';
import {
  type Branch,
  childTraceNode,
  pathTo,
  rootTraceNode,
  sameModelInput,
  type TraceNode,
  type Setup,
} from '../trace/traceTree';
import type { Session } from '../store/session';
import { pause, play } from './playback';
import type { CheckSubject } from '../store/checkState';
import { currentBranch, runTo, type Run } from '../trace/run';
import { designOfSubject } from './mutations';

/** Puts a schedule of a check on screen and plays it: as a branch where it belongs to the run on screen, else as a run of its own. */
export function showCounterexample(
  session: Session,
  of: CheckSubject,
  name: string,
  words: readonly string[],
): void {
  const state = session.getState();
  pause(session);
  const made = counterexampleRun(state.run, of, name, words);
  if (typeof made === 'string')
    return notify(session, 'error', 'The witness cannot be shown.', [made]);
  commit(session, made, `witness of ${name}`, `Witness of ${name}`);
  play(session);
}

function counterexampleRun(
  run: Run,
  of: CheckSubject,
  name: string,
  words: readonly string[],
): Run | string {
  const tasks = words.flatMap((word) => {
    const [task = '', count = '1'] = word.split('*');
    return Array.from({ length: Number(count) }, () => task);
  });
  const follow = (root: TraceNode): TraceNode =>
    tasks.reduce((at, task) => childTraceNode(at, { kind: 'step', task }), root);
  if (sameModelInput(run.setup, of)) {
    const root = pathTo(currentBranch(run).tip)[0];
    if (!root) throw new Error('a branch without a root');
    const id = Math.max(...run.branches.map((each) => each.id)) + 1;
    const branch: Branch = {
      id,
      name: name.slice(0, 40),
      tip: follow(root),
      forkedFrom: { branch: run.branchId, depth: 0 },
    };
    return {
      ...run,
      branches: [
        ...run.branches.filter((each) => each.name !== branch.name || each.id === 1),
        branch,
      ],
      branchId: id,
      cursor: 0,
    };
  }
  const design = designOfSubject(of);
  if (typeof design === 'string') return design;
  const setup: Setup = {
    scenario: { ...of.scenario, beats: [], expect: undefined, schedule: words },
    libraryId: undefined,
    design,
    ...(of.mutations.length > 0 ? { mutations: of.mutations } : {}),
  };
  return runTo(setup, follow(rootTraceNode(setup)), name);
}
