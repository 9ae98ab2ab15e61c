import { currentCall, inCall } from '../../kernel/machine/machine';
import type { StepEvent } from '../../kernel/machine/machine';
import type { Program, ProgramCall, Step, Task } from '../../kernel/compiler/program';
import type { Violation } from '../../kernel/properties/properties';
import type { Call } from '../../kernel/language/world';
import {
  runStep,
  startCompiledRun,
  startScenarioRun,
  type ScenarioRun,
} from '../../scenario/run/scenarioRun';
import { callText } from '../../scenario/format/callText';
import { pathTo, type TraceNode } from './traceTree';
import { currentBranch, type WithRun } from './run';

/** What the machine looks like at a moment, and what the last move did. */
export interface Snapshot {
  readonly node: TraceNode;
  readonly program: Program;
  /** Do not write to it. */
  readonly state: Int32Array;
  /** Calls that were put in by hand: indices into `Program.calls`. */
  readonly issuedCalls: ReadonlySet<number>;
  /** Index of the task that moved; undefined at the root. */
  readonly task: number | undefined;
  /** The step that it made; undefined at the root and where a call was put in. */
  readonly step: Step | undefined;
  readonly events: readonly StepEvent[];
  /** One plain line per event. */
  readonly eventTexts: readonly string[];
  /** Rules broken here that were not broken before. */
  readonly violations: readonly Violation[];
}

const snapshots = new WeakMap<TraceNode, Snapshot>();
/** The run that stands at a frame, so that one more move need not replay it. It moves on with the first move made there. */
const liveRuns = new WeakMap<Snapshot, ScenarioRun>();

/** The frame of a moment. Throws when a move of its path cannot be made. */
export function snapshotAt(moment: TraceNode): Snapshot {
  const pending: TraceNode[] = [];
  let frame: Snapshot | undefined;
  for (let at: TraceNode | undefined = moment; at && !frame; at = at.parent) {
    frame = snapshots.get(at);
    if (!frame) pending.push(at);
  }
  for (const next of pending.toReversed()) {
    frame = frame ? nextSnapshot(frame, next) : rootSnapshot(next);
    snapshots.set(next, frame);
  }
  if (!frame) throw new Error('a path without a root');
  return frame;
}

function rootSnapshot(moment: TraceNode): Snapshot {
  const run = startScenarioRun(moment.setup.scenario, moment.setup.design);
  const { program } = run;
  const frame: Snapshot = {
    node: moment,
    program,
    state: run.state.slice(),
    issuedCalls: new Set(),
    task: undefined,
    step: undefined,
    events: [],
    eventTexts: [],
    violations: [],
  };
  liveRuns.set(frame, run);
  return frame;
}

function nextSnapshot(before: Snapshot, moment: TraceNode): Snapshot {
  const { transition: move } = moment;
  if (!move) throw new Error('a moment after the root has a move');
  if (move.kind === 'issue') return snapshotAfterIssue(before, moment, move.call, move.at);
  const run = liveRuns.get(before) ?? replayToSnapshot(before);
  liveRuns.delete(before);
  const { task, step, events, texts, violations } = runStep(
    run,
    taskByName(run.program, move.task).index,
  );
  const frame: Snapshot = {
    node: moment,
    program: before.program,
    state: run.state.slice(),
    issuedCalls: before.issuedCalls,
    task,
    step,
    events,
    eventTexts: texts,
    violations,
  };
  liveRuns.set(frame, run);
  return frame;
}

/** Makes every step up to a frame again, in its program. */
function replayToSnapshot({ node: moment, program }: Snapshot): ScenarioRun {
  const run = startCompiledRun(
    withCalls(
      moment,
      program.calls.map(({ call }) => call),
    ),
    program,
  );
  for (const { transition: move } of pathTo(moment))
    if (move?.kind === 'step') runStep(run, taskByName(run.program, move.task).index);
  return run;
}

/** The new call makes a new program: the moves so far are made again in it. */
function snapshotAfterIssue(before: Snapshot, moment: TraceNode, call: Call, at: number): Snapshot {
  const calls = before.program.calls.map((each) => each.call).toSpliced(at, 0, call);
  const run = startScenarioRun(withCalls(moment, calls), moment.setup.design);
  for (const { transition: move } of pathTo(moment))
    if (move?.kind === 'step') runStep(run, taskByName(run.program, move.task).index);
  const issued = new Set([
    at,
    ...[...before.issuedCalls].map((index) => (index < at ? index : index + 1)),
  ]);
  const frame: Snapshot = {
    node: moment,
    program: run.program,
    state: run.state.slice(),
    issuedCalls: issued,
    task: taskByName(run.program, call.by).index,
    step: undefined,
    events: [],
    violations: [],
    eventTexts: [`${call.by} calls ${callText(call)}`],
  };
  liveRuns.set(frame, run);
  return frame;
}

function withCalls({ setup }: TraceNode, calls: readonly Call[]): TraceNode['setup']['scenario'] {
  return { ...setup.scenario, calls };
}

/** The task of that name. Throws when the program has none. */
export function taskByName(program: Program, name: string): Task {
  const task = program.tasks.find((each) => each.name === name);
  if (!task) throw new Error(`no task ${name}`);
  return task;
}

/** The call that a task is in: begun, or put in by hand and about to begin. */
export function callInFlight(frame: Snapshot, task: number): ProgramCall | undefined {
  const call = currentCall(frame.program, frame.state, task);
  if (!call) return undefined;
  return inCall(frame.program, frame.state, task) || frame.issuedCalls.has(call.index)
    ? call
    : undefined;
}

/** The moment that the session stands at. */
export function currentTraceNode({ run }: WithRun): TraceNode {
  const moment = pathTo(currentBranch(run).tip)[run.cursor];
  if (!moment) throw new Error(`no moment ${run.cursor}`);
  return moment;
}

/** The frame that the session stands at: program, state and what the last move did. Same object while nothing moves. */
export function currentSnapshot(session: WithRun): Snapshot {
  return snapshotAt(currentTraceNode(session));
}

/** Every moment of the branch on screen, by depth. Same object while the branch does not change. */
export function branchPath({ run }: WithRun): readonly TraceNode[] {
  return pathTo(currentBranch(run).tip);
}
