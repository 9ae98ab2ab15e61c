import { seededRandom } from '../../scenario/run/seededRandom';
import { callInFlight, currentSnapshot } from '../trace/replay';
import { amendLast, commit } from '../store/undo';
import { stepTaskInPlayback, seekTo, stepTask } from './stepping';
import { type Session, type SessionState } from '../store/session';
import { enabledTasks, nextTask } from '../trace/scheduler';
import { currentBranch } from '../trace/run';
import { changeSettings } from './settings';

/** Steps per second that the page offers. */
export const SPEEDS: readonly number[] = [0.5, 1, 2, 4, 8, 16];

const timers = new WeakMap<Session, ReturnType<typeof setTimeout>>();
/** Depth at which a play stops by itself. */
const playTargets = new WeakMap<Session, number>();

/** Plays on from the cursor; the whole play is one act for undo. */
export function play(session: Session): void {
  const state = session.getState();
  if (state.settings.playing || !canPlay(state)) return;
  commit(session, state.run, 'play', 'Playing');
  changeSettings(session, { playing: true });
  scheduleTick(session);
}

/** Plays what is recorded up to a depth, as part of the act before it. */
export function playTo(session: Session, depth: number): void {
  pause(session);
  if (session.getState().run.cursor >= depth) return;
  playTargets.set(session, depth);
  changeSettings(session, { playing: true });
  scheduleTick(session);
}

/** Whether the play under way was started by `playTo`. */
export function isPlayingToTarget(session: Session): boolean {
  return playTargets.has(session);
}

/** Stops playing. */
export function pause(session: Session): void {
  clearTimeout(timers.get(session));
  timers.delete(session);
  playTargets.delete(session);
  if (session.getState().settings.playing) changeSettings(session, { playing: false });
}

/** Whether anything lies ahead: a recorded move, or a task that can step. */
export function canPlay(state: SessionState): boolean {
  return (
    state.run.cursor < currentBranch(state.run).tip.depth ||
    enabledTasks(currentSnapshot(state)).length > 0
  );
}

/** One move on: the recorded one, else a step of the task that is in a call, else of the first that can. */
export function stepForward(session: Session): void {
  const state = session.getState();
  if (state.run.cursor < currentBranch(state.run).tip.depth)
    return seekTo(session, state.run.cursor + 1);
  const task = nextTask(currentSnapshot(state));
  if (task !== undefined) stepTask(session, task);
}

/** One move back. */
export function stepBack(session: Session): void {
  seekTo(session, session.getState().run.cursor - 1);
}

function scheduleTick(session: Session): void {
  const { speed } = session.getState().settings;
  timers.set(
    session,
    setTimeout(() => tick(session), 1000 / speed),
  );
}

function tick(session: Session): void {
  const state = session.getState();
  if (!state.settings.playing) return;
  const { scheduler: order, seed } = state.settings;
  const { run } = state;
  const goal = playTargets.get(session);
  if ((order === 'sequential' || goal !== undefined) && run.cursor < currentBranch(run).tip.depth) {
    seekTo(session, run.cursor + 1);
  } else {
    const frame = currentSnapshot(state);
    const task =
      order === 'sequential' ? nextTask(frame) : randomTask(enabledTasks(frame), seed, run.cursor);
    if (task === undefined) return finishPlayback(session);
    stepTaskInPlayback(session, task);
  }
  if (goal !== undefined && session.getState().run.cursor >= goal) pause(session);
  else if (canPlay(session.getState())) scheduleTick(session);
  else finishPlayback(session);
}

function finishPlayback(session: Session): void {
  pause(session);
  const frame = currentSnapshot(session.getState());
  const waiting = frame.program.tasks.filter((task) => callInFlight(frame, task.index));
  amendLast(
    session,
    session.getState().run,
    waiting.length > 0
      ? `Stopped: ${waiting.map(({ name }) => name).join(', ')} can not go on`
      : 'The end: every call has returned',
  );
}

/** The same pick for the same seed and depth, on every engine. */
function randomTask(names: readonly string[], seed: number, depth: number): string | undefined {
  return names.length === 0
    ? undefined
    : names[seededRandom(Math.imul(seed, 0x1000193) ^ depth)(names.length)];
}
