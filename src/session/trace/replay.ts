import type { Program, ProgramCall, Step, Task } from '../../kernel/compiler/program';
import type { Call } from '../../kernel/language/world';
import { currentCall, inCall, type StepEvent } from '../../kernel/machine/machine';
import { expectedViolations } from '../../export/consequence';
import type { Violation } from '../../kernel/properties/properties';
import { callText } from '../../scenario/format/callText';
import { makeScenario } from '../../scenario/format/makeScenario';
import { parseScenario } from '../../scenario/format/parseScenario';
import type { Scenario } from '../../scenario/format/scenario';
import {
  runStep,
  startCompiledRun,
  startScenarioRun,
  type ScenarioRun,
} from '../../scenario/run/scenarioRun';
import { currentBranch, type WithRun } from './run';
import { memoizeByKey } from './memoize';
import { pathTo, type Setup, type TraceNode } from './traceTree';

/** The kernel state at a trace node, and what the last transition did. */
export interface Snapshot {
  readonly node: TraceNode;
  readonly program: Program;
  /** Read only. */
  readonly state: Int32Array;
  /** Calls that were issued by hand: indices into `Program.calls`. */
  readonly issuedCalls: ReadonlySet<number>;
  /** Index of the task of the last transition; undefined at the root. */
  readonly task: number | undefined;
  /** The last step; undefined at the root and after an issued call. */
  readonly step: Step | undefined;
  readonly events: readonly StepEvent[];
  /** One plain line per event. */
  readonly eventTexts: readonly string[];
  /** Violations that the last step introduced. */
  readonly violations: readonly Violation[];
}

const snapshots = new WeakMap<TraceNode, Snapshot>();
/** The machine that produced a snapshot, kept so that the next step need not replay. The first step from there takes it along. */
const liveRuns = new WeakMap<Snapshot, ScenarioRun>();

/** The snapshot of a node, replayed if it is not cached. Throws if a transition of its path is impossible. */
export function snapshotAt(node: TraceNode): Snapshot {
  const pending: TraceNode[] = [];
  let snapshot: Snapshot | undefined;
  for (let at: TraceNode | undefined = node; at && !snapshot; at = at.parent) {
    snapshot = snapshots.get(at);
    if (!snapshot) pending.push(at);
  }
  for (const next of pending.toReversed()) {
    snapshot = snapshot ? nextSnapshot(snapshot, next) : rootSnapshot(next);
    snapshots.set(next, snapshot);
  }
  if (!snapshot) throw new Error('a path without a root');
  return snapshot;
}

function rootSnapshot(node: TraceNode): Snapshot {
  const run = startRun(node.setup, node.setup.scenario);
  const snapshot: Snapshot = {
    node,
    program: run.program,
    state: run.state.slice(),
    issuedCalls: new Set(),
    task: undefined,
    step: undefined,
    events: [],
    eventTexts: [],
    violations: [],
  };
  liveRuns.set(snapshot, run);
  return snapshot;
}

/** Starts a run of a setup. If the user left planned calls, its program knows them, so that the graph keeps its nodes and their fields. */
function startRun(setup: Setup, scenario: Scenario): ScenarioRun {
  const run = startScenarioRun(scenario, setup.design);
  const { replaced } = plannedProgramOf(setup);
  return replaced ? startCompiledRun(scenario, { ...run.program, replaced }) : run;
}

/** Nothing in a modified design, or in one that the planned calls do not fit: it may lack what they need. */
const plannedProgramOf = memoizeByKey((setup: Setup): Pick<Program, 'replaced'> => {
  const { scenario, design, mutations, plannedCalls: calls } = setup;
  if (!calls || mutations) return {};
  const planned: Scenario = {
    ...scenario,
    calls,
    schedule: 'sequential',
    beats: [],
    expect: undefined,
  };
  return parseScenario(makeScenario(planned)).ok
    ? { replaced: startScenarioRun(planned, design).program }
    : {};
});

function nextSnapshot(before: Snapshot, node: TraceNode): Snapshot {
  const { transition } = node;
  if (!transition) throw new Error('a trace node below the root has no transition');
  if (transition.kind === 'issue')
    return snapshotAfterIssue(before, node, transition.call, transition.at);
  const run = liveRuns.get(before) ?? replayToSnapshot(before);
  liveRuns.delete(before);
  const { task, step, events, texts, violations } = runStep(
    run,
    taskByName(run.program, transition.task).index,
  );
  const snapshot: Snapshot = {
    node,
    program: before.program,
    state: run.state.slice(),
    issuedCalls: before.issuedCalls,
    task,
    step,
    events,
    eventTexts: texts,
    violations: subjectFirst(violations, node.setup.scenario),
  };
  liveRuns.set(snapshot, run);
  return snapshot;
}

/** The property that the scenario is about comes first: captions and badges say it, as the title does. */
function subjectFirst(violations: readonly Violation[], scenario: Scenario): readonly Violation[] {
  if (violations.length < 2) return violations;
  const expected = expectedViolations(scenario);
  const rank = ({ property }: Violation): number =>
    expected.includes(property) ? expected.indexOf(property) : expected.length;
  return violations.toSorted((a, b) => rank(a) - rank(b));
}

function replayToSnapshot({ node, program }: Snapshot): ScenarioRun {
  const calls = program.calls.map(({ call }) => call);
  const run = startCompiledRun({ ...node.setup.scenario, calls }, program);
  replaySteps(run, node);
  return run;
}

/** An issued call changes the program, so every step up to it runs again in the new program. */
function snapshotAfterIssue(before: Snapshot, node: TraceNode, call: Call, at: number): Snapshot {
  const calls = before.program.calls.map((each) => each.call).toSpliced(at, 0, call);
  const run = startRun(node.setup, { ...node.setup.scenario, calls });
  replaySteps(run, node);
  const shifted = [...before.issuedCalls].map((index) => (index < at ? index : index + 1));
  const snapshot: Snapshot = {
    node,
    program: run.program,
    state: run.state.slice(),
    issuedCalls: new Set([at, ...shifted]),
    task: taskByName(run.program, call.by).index,
    step: undefined,
    events: [],
    violations: [],
    eventTexts: [`${call.by} calls ${callText(call)}`],
  };
  liveRuns.set(snapshot, run);
  return snapshot;
}

function replaySteps(run: ScenarioRun, node: TraceNode): void {
  for (const { transition } of pathTo(node))
    if (transition?.kind === 'step') runStep(run, taskByName(run.program, transition.task).index);
}

/** The task with that name. Throws if the program has none. */
export function taskByName(program: Program, name: string): Task {
  const task = program.tasks.find((each) => each.name === name);
  if (!task) throw new Error(`no task ${name}`);
  return task;
}

/** The call that a task has started, or that was issued by hand for it and starts next. */
export function callInFlight(
  { program, state, issuedCalls }: Snapshot,
  task: number,
): ProgramCall | undefined {
  const call = currentCall(program, state, task);
  return call && (inCall(program, state, task) || issuedCalls.has(call.index)) ? call : undefined;
}

/** The trace node at the cursor. */
export function currentTraceNode({ run }: WithRun): TraceNode {
  const node = pathTo(currentBranch(run).tip)[run.cursor];
  if (!node) throw new Error(`no trace node at depth ${run.cursor}`);
  return node;
}

/** The snapshot at the cursor. Same object while the cursor stays. */
export function currentSnapshot(state: WithRun): Snapshot {
  return snapshotAt(currentTraceNode(state));
}

/** The trace nodes of the branch on screen, by depth. Same object while the branch does not change. */
export function branchPath({ run }: WithRun): readonly TraceNode[] {
  return pathTo(currentBranch(run).tip);
}
