import { callAt, inCall } from '../kernel/machine';
import type { Event } from '../kernel/machine';
import type { Program, ProgramCall, Step, Task } from '../kernel/program';
import type { Violation } from '../kernel/properties/properties';
import type { Call } from '../kernel/world';
import { advance, restartRun, startRun, type Run as ScenarioRun } from '../scenario/run';
import { callText } from './callText';
import { currentBranch, type SessionState } from './session';
import { pathTo, type Moment } from './trail';

/** What the machine looks like at a moment, and what the last move did. */
export interface Frame {
  readonly moment: Moment;
  readonly program: Program;
  /** Do not write to it. */
  readonly state: Int32Array;
  /** Calls that were put in by hand: indices into `Program.calls`. */
  readonly issued: ReadonlySet<number>;
  /** Index of the task that moved; undefined at the root. */
  readonly task: number | undefined;
  /** The step that it made; undefined at the root and where a call was put in. */
  readonly step: Step | undefined;
  readonly events: readonly Event[];
  /** One plain line per event. */
  readonly texts: readonly string[];
  /** Rules broken here that were not broken before. */
  readonly violations: readonly Violation[];
}

const frames = new WeakMap<Moment, Frame>();
/** The run that stands at a frame, so that one more move need not replay it. It moves on with the first move made there. */
const standing = new WeakMap<Frame, ScenarioRun>();

/** The frame of a moment. Throws when a move of its path cannot be made. */
export function frameOf(moment: Moment): Frame {
  const pending: Moment[] = [];
  let frame: Frame | undefined;
  for (let at: Moment | undefined = moment; at && !frame; at = at.parent) {
    frame = frames.get(at);
    if (!frame) pending.push(at);
  }
  for (const next of pending.toReversed()) {
    frame = frame ? follow(frame, next) : rootFrame(next);
    frames.set(next, frame);
  }
  if (!frame) throw new Error('a path without a root');
  return frame;
}

function rootFrame(moment: Moment): Frame {
  const run = startRun(moment.setup.scenario, moment.setup.design);
  const { program } = run;
  const frame: Frame = {
    moment,
    program,
    state: run.state.slice(),
    issued: new Set(),
    task: undefined,
    step: undefined,
    events: [],
    texts: [],
    violations: [],
  };
  standing.set(frame, run);
  return frame;
}

function follow(before: Frame, moment: Moment): Frame {
  const { move } = moment;
  if (!move) throw new Error('a moment after the root has a move');
  if (move.kind === 'issue') return issueFrame(before, moment, move.call, move.at);
  const run = standing.get(before) ?? replayRun(before);
  standing.delete(before);
  const { task, step, events, texts, violations } = advance(
    run,
    taskNamed(run.program, move.task).index,
  );
  const frame: Frame = {
    moment,
    program: before.program,
    state: run.state.slice(),
    issued: before.issued,
    task,
    step,
    events,
    texts,
    violations,
  };
  standing.set(frame, run);
  return frame;
}

/** Makes every step up to a frame again, in its program. */
function replayRun({ moment, program }: Frame): ScenarioRun {
  const run = restartRun(
    withCalls(
      moment,
      program.calls.map(({ call }) => call),
    ),
    program,
  );
  for (const { move } of pathTo(moment))
    if (move?.kind === 'step') advance(run, taskNamed(run.program, move.task).index);
  return run;
}

/** The new call makes a new program: the moves so far are made again in it. */
function issueFrame(before: Frame, moment: Moment, call: Call, at: number): Frame {
  const calls = before.program.calls.map((each) => each.call).toSpliced(at, 0, call);
  const run = startRun(withCalls(moment, calls), moment.setup.design);
  for (const { move } of pathTo(moment))
    if (move?.kind === 'step') advance(run, taskNamed(run.program, move.task).index);
  const issued = new Set([
    at,
    ...[...before.issued].map((index) => (index < at ? index : index + 1)),
  ]);
  const frame: Frame = {
    moment,
    program: run.program,
    state: run.state.slice(),
    issued,
    task: taskNamed(run.program, call.by).index,
    step: undefined,
    events: [],
    violations: [],
    texts: [`${call.by} calls ${callText(call)}`],
  };
  standing.set(frame, run);
  return frame;
}

function withCalls({ setup }: Moment, calls: readonly Call[]): Moment['setup']['scenario'] {
  return { ...setup.scenario, calls };
}

/** The task of that name. Throws when the program has none. */
export function taskNamed(program: Program, name: string): Task {
  const task = program.tasks.find((each) => each.name === name);
  if (!task) throw new Error(`no task ${name}`);
  return task;
}

/** The call that a task is in: begun, or put in by hand and about to begin. */
export function callInFlight(frame: Frame, task: number): ProgramCall | undefined {
  const call = callAt(frame.program, frame.state, task);
  if (!call) return undefined;
  return inCall(frame.program, frame.state, task) || frame.issued.has(call.index)
    ? call
    : undefined;
}

/** The moment that the session stands at. */
export function currentMoment({ run }: Pick<SessionState, 'run'>): Moment {
  const moment = pathTo(currentBranch(run).tip)[run.cursor];
  if (!moment) throw new Error(`no moment ${run.cursor}`);
  return moment;
}

/** The frame that the session stands at: program, state and what the last move did. Same object while nothing moves. */
export function currentFrame(session: Pick<SessionState, 'run'>): Frame {
  return frameOf(currentMoment(session));
}

/** Every moment of the branch on screen, by depth. Same object while the branch does not change. */
export function branchMoments({ run }: Pick<SessionState, 'run'>): readonly Moment[] {
  return pathTo(currentBranch(run).tip);
}
