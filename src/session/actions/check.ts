import { designById } from '../../designs/registry';
import type { CheckResult } from '../../explore/checkResult';
import { mutate } from '../../kernel/compiler/mutate';
import { MAX_MUTATIONS, type Mutation } from '../../kernel/language/mutation';
import type { Design } from '../../kernel/language/design';
import type { Scenario } from '../../scenario/format/scenario';
import type { CheckClient, RunningCheck } from '../../check-worker/checkClient';
import type { CheckProgress } from '../../check-worker/runCheckInSlices';
import { currentSnapshot } from '../trace/replay';
import { commit } from '../store/undo';
import { notify } from '../store/notifications';
import type { Branch } from '../trace/traceTree';
import {
  childTraceNode,
  pathTo,
  rootTraceNode,
  sameModelInput,
  type TraceNode,
  type Setup,
} from '../trace/traceTree';
import {
  currentBranch,
  freshRun,
  type Run,
  type Session,
  type SessionState,
} from '../store/session';
import { pause, play } from './playback';

/** What was checked: the calls on screen under one design, with its changed rows. */
export interface CheckSubject {
  readonly scenario: Scenario;
  readonly mutations: readonly Mutation[];
}

/** The last check of a session. */
export type CheckState =
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'running';
      readonly subject: CheckSubject;
      readonly progress: CheckProgress | undefined;
    }
  | { readonly kind: 'done'; readonly subject: CheckSubject; readonly result: CheckResult }
  | { readonly kind: 'failed'; readonly subject: CheckSubject; readonly message: string };

const runningChecks = new WeakMap<Session, RunningCheck>();

/** The calls on screen, those put in by hand included: what a check is about. */
export function currentCheckSubject(state: Pick<SessionState, 'run' | 'mutations'>): CheckSubject {
  const { scenario } = state.run.setup;
  return {
    scenario: { ...scenario, calls: currentSnapshot(state).program.calls.map(({ call }) => call) },
    mutations: state.mutations,
  };
}

/** Whether a check was about something else than what is on screen now. */
export function isCheckOutOfDate(
  state: Pick<SessionState, 'run' | 'mutations'>,
  of: CheckSubject,
): boolean {
  const now = currentCheckSubject(state);
  return [now, of]
    .map((each) =>
      JSON.stringify([
        each.scenario.design,
        each.scenario.options,
        each.scenario.world,
        each.scenario.calls,
        each.mutations,
      ]),
    )
    .some((text, _, all) => text !== all[0]);
}

/** Checks every interleaving of the calls on screen. */
export async function startCheck(session: Session, client: CheckClient): Promise<void> {
  const of = currentCheckSubject(session.getState());
  const running = client.check(of, (news) => {
    if (runningChecks.get(session) === running)
      session.setState({ check: { kind: 'running', subject: of, progress: news } });
  });
  runningChecks.set(session, running);
  session.setState({
    check: { kind: 'running', subject: of, progress: undefined },
    announcement: 'Checking every interleaving',
  });
  const answer = await running.answer;
  if (runningChecks.get(session) !== running) return;
  runningChecks.delete(session);
  if (answer.ok)
    session.setState({
      check: { kind: 'done', subject: of, result: answer.result },
      announcement: verdictText(answer.result),
    });
  else
    session.setState({
      check: { kind: 'failed', subject: of, message: answer.message },
      announcement: answer.message,
    });
}

/** Ends a running check; what it found so far is kept. */
export function cancelCheck(session: Session): void {
  runningChecks.get(session)?.cancel();
}

/** The verdict in one sentence; never says that anything holds where not all states were seen. */
export function verdictText({
  verdict,
  coverage,
  stoppedBy,
  states,
  properties,
}: CheckResult): string {
  const seen = `${states.toLocaleString('en-US')} states`;
  const part =
    coverage === 'complete'
      ? seen
      : `the ${seen} seen before ${{ states: 'the limit of states', memory: 'the limit of memory', time: 'the limit of time', cancel: 'you stopped it', depth: 'the limit of depth' }[stoppedBy ?? 'cancel']}`;
  const broken = properties.filter(({ status }) => status === 'violated').length;
  if (verdict === 'violated')
    return `Yes: ${broken} of the properties ${broken === 1 ? 'is' : 'are'} violated in ${part}.`;
  if (verdict === 'holds') return `No: nothing goes wrong in any of ${part}.`;
  return `Not known: nothing went wrong in ${part}, but that is not all of them.`;
}

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
  const design = modifiedDesign(of);
  if (typeof design === 'string') return design;
  const setup: Setup = {
    scenario: { ...of.scenario, beats: [], expect: undefined, schedule: words },
    libraryId: undefined,
    design,
    ...(of.mutations.length > 0 ? { mutations: of.mutations } : {}),
  };
  return {
    ...freshRun(setup),
    branches: [{ id: 1, name, tip: follow(rootTraceNode(setup)), forkedFrom: undefined }],
  };
}

function modifiedDesign({ scenario, mutations }: CheckSubject): Design | string {
  const design = designById(scenario.design);
  if (!design) return `there is no design ${scenario.design}`;
  if (mutations.length === 0) return design;
  const made = mutate(design, scenario.options, mutations);
  return made.ok ? made.design : made.message;
}

/** Switches a change of a row on or off for the next check; tells why where it cannot be made. */
export function toggleMutation(session: Session, mutation: Mutation): void {
  const { mutations, run } = session.getState();
  const key = JSON.stringify(mutation);
  const without = mutations.filter((each) => JSON.stringify(each) !== key);
  const next = without.length < mutations.length ? without : [...mutations, mutation];
  if (next.length > MAX_MUTATIONS)
    return notify(session, 'error', 'That row cannot be changed.', [
      `At most ${MAX_MUTATIONS} rows can be changed at once.`,
    ]);
  const tried = modifiedDesign({ scenario: run.setup.scenario, mutations: next });
  if (typeof tried === 'string')
    return notify(session, 'error', 'That row cannot be changed.', [tried]);
  session.setState({ mutations: next });
}

/** Goes back to the design as it is: no row is changed, and a run of a changed design is left. */
export function discardMutations(session: Session): void {
  const { run } = session.getState();
  session.setState({ mutations: [] });
  const design = designById(run.setup.scenario.design);
  if (run.setup.mutations === undefined || !design) return;
  pause(session);
  commit(
    session,
    freshRun({
      scenario: { ...run.setup.scenario, schedule: 'sequential' },
      libraryId: run.setup.libraryId,
      design,
    }),
    'back to the design itself',
    'Back to the design itself',
  );
}
