import { compile } from '../kernel/compile';
import { describe } from '../kernel/describe';
import { callAt, inCall, initialState, makeEventBuffer, readEvents, step, type Event } from '../kernel/machine';
import type { Program, ProgramCall, Step, Task } from '../kernel/program';
import { checkState } from '../kernel/properties/checkState';
import type { PropertyId } from '../kernel/propertyId';
import type { Call } from '../kernel/world';
import { callText } from './callText';
import { pathTo, type Moment, type Setup } from './trail';
import { currentBranch, type SessionState } from './session';

/** A rule broken at a frame; told once, where it arose. */
export interface FrameViolation {
  readonly property: PropertyId;
  readonly text: string;
  /** Index into `Program.objects`. */
  readonly object: number | undefined;
}

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
  /** New at this frame. */
  readonly violations: readonly FrameViolation[];
  /** Every breach that has been told up to here. */
  readonly told: ReadonlySet<string>;
}

const frames = new WeakMap<Moment, Frame>();
const roots = new WeakMap<Setup, Frame>();

/** The frame of a moment. Throws when a move of its path cannot be made. */
export function frameOf(moment: Moment): Frame {
  const known = frames.get(moment);
  if (known) return known;
  let at = moment;
  const pending: Moment[] = [];
  let frame: Frame | undefined;
  while (!frame) {
    pending.push(at);
    if (!at.parent) break;
    at = at.parent;
    frame = frames.get(at);
  }
  for (const next of pending.toReversed()) {
    frame = frame ? follow(frame, next) : rootFrame(next);
    frames.set(next, frame);
  }
  if (!frame) throw new Error('a path without a root');
  return frame;
}

function rootFrame(moment: Moment): Frame {
  const { setup } = moment;
  const known = roots.get(setup);
  if (known) return known;
  const program = compile(setup.design, setup.options, setup.world, setup.calls);
  const state = initialState(program);
  const frame: Frame = {
    moment, program, state, issued: new Set(), task: undefined, step: undefined, events: [], texts: [], violations: [], told: new Set(),
  };
  roots.set(setup, frame);
  return frame;
}

function follow(before: Frame, moment: Moment): Frame {
  const { move } = moment;
  if (!move) throw new Error('a moment after the root has a move');
  return move.kind === 'step' ? stepFrame(before, moment, move.task) : issueFrame(before, moment, move.call, move.at);
}

function stepFrame(before: Frame, moment: Moment, name: string): Frame {
  const { program } = before;
  const task = taskNamed(program, name);
  const state = before.state.slice();
  const buffer = makeEventBuffer();
  const made = task.steps[state[task.pc] ?? 0];
  step(program, state, task.index, buffer);
  const events = readEvents(program, buffer);
  const texts = events.map((event) => describe(program, event, task.index, state));
  const told = new Set(before.told);
  const violations = [...eventViolations(events), ...checkState(program, state)].filter(({ property, text }) => {
    const key = `${property} ${text}`;
    return !told.has(key) && told.add(key);
  });
  return { ...before, moment, state, task: task.index, step: made, events, texts, violations, told };
}

function eventViolations(events: readonly Event[]): readonly FrameViolation[] {
  return events.flatMap(({ note }) => (note.kind === 'violation' ? [note] : []));
}

/** The new call makes a new program: the moves so far are made again in it. */
function issueFrame(before: Frame, moment: Moment, call: Call, at: number): Frame {
  const { setup } = moment;
  const calls = before.program.calls.map((each) => each.call).toSpliced(at, 0, call);
  const program = compile(setup.design, setup.options, setup.world, calls);
  const state = initialState(program);
  for (const { move } of pathTo(moment)) if (move?.kind === 'step') step(program, state, taskNamed(program, move.task).index);
  const issued = new Set([at, ...[...before.issued].map((index) => (index < at ? index : index + 1))]);
  return {
    moment, program, state, issued, task: taskNamed(program, call.by).index, step: undefined, events: [], violations: [],
    texts: [`${call.by} calls ${callText(call)}`], told: before.told,
  };
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
  return inCall(frame.program, frame.state, task) || frame.issued.has(call.index) ? call : undefined;
}

/** The moment that the session stands at. */
export function currentMoment(session: SessionState): Moment {
  const path = pathTo(currentBranch(session.run).tip);
  const moment = path[session.run.cursor];
  if (!moment) throw new Error(`no moment ${session.run.cursor}`);
  return moment;
}

/** The frame that the session stands at: program, state and what the last move did. Same object while nothing moves. */
export function currentFrame(session: SessionState): Frame {
  return frameOf(currentMoment(session));
}

/** Every frame of the branch on screen, by depth. */
export function branchFrames(session: SessionState): readonly Frame[] {
  return pathTo(currentBranch(session.run).tip).map(frameOf);
}
