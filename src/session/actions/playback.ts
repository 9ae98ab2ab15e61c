import { seededRandom } from '../../scenario/run/seededRandom';
import { currentCaption } from '../queries/captions';
import type { Session, SessionState } from '../store/session';
import { amendLast, commit } from '../store/undo';
import { callInFlight, currentSnapshot } from '../trace/replay';
import { currentBranch, type Run } from '../trace/run';
import { enabledTasks, nextTask } from '../trace/scheduler';
import { changeSettings } from './settings';
import { seekTo, stepTask, stepTaskInPlayback } from './stepping';

/** Playback speeds that the page offers, in steps per second. */
export const SPEEDS: readonly number[] = [0.5, 1, 2, 4, 8, 16];

/** Quick, but each step can be seen. */
const CALL_STEPS_PER_SECOND = 10;

/** At two steps per second: four words per second, and at most six seconds. */
const WORDS_PER_STEP = 2;
const MAX_READING_STEPS = 12;

const timers = new WeakMap<Session, ReturnType<typeof setTimeout>>();
/** Depth at which playback pauses. */
const playTargets = new WeakMap<Session, number>();

/** Plays from the cursor, and at the end from the start again. All its steps are one undoable change. */
export function play(session: Session): void {
  const state = session.getState();
  if (state.settings.playing || !hasSteps(state)) return;
  commit(session, state.run, 'playback', 'Playing');
  if (!canPlay(state)) seekTo(session, 0);
  changeSettings(session, { playing: true });
  scheduleTick(session);
}

/** Plays the recorded steps up to a depth, as part of the last change. */
export function playTo(session: Session, depth: number): void {
  pause(session);
  if (session.getState().run.cursor >= depth) return;
  playTargets.set(session, depth);
  changeSettings(session, { playing: true });
  scheduleTick(session);
}

/** Plays something other than the run: `advance` makes one step and returns whether there is another. */
export function playSteps(session: Session, advance: () => boolean): void {
  pause(session);
  startPlaying(session, advance);
}

/** Plays the call that `runCall` or `runTask` has begun to show. Its outcome is announced already. */
export function playCall(session: Session): void {
  if (!session.getState().callPlayback) return;
  startPlaying(session, () => {
    const { run, callPlayback, announcement } = session.getState();
    if (callPlayback?.branchId !== run.branchId) return false;
    const cursor = run.cursor + 1;
    amendLast(session, { ...run, cursor }, announcement);
    return cursor < callPlayback.depth;
  });
}

/** Steps per second of what plays now; undefined while nothing does. */
export function playbackSpeed({ settings, callPlayback }: SessionState): number | undefined {
  if (callPlayback) return CALL_STEPS_PER_SECOND;
  return settings.playing ? settings.speed : undefined;
}

function startPlaying(session: Session, advance: () => boolean): void {
  changeSettings(session, { playing: true });
  const tickOnce = (): void => {
    if (!session.getState().settings.playing) return;
    if (advance()) scheduleTick(session, tickOnce);
    else pause(session);
  };
  scheduleTick(session, tickOnce);
}

/** Stops playback; of a call that was run at once, the end shows. */
export function pause(session: Session): void {
  clearTimeout(timers.get(session));
  timers.delete(session);
  playTargets.delete(session);
  const { run, callPlayback, announcement } = session.getState();
  if (callPlayback) {
    session.setState({ callPlayback: undefined });
    if (run.branchId === callPlayback.branchId && run.cursor < callPlayback.depth)
      amendLast(session, { ...run, cursor: callPlayback.depth }, announcement);
  }
  if (session.getState().settings.playing) changeSettings(session, { playing: false });
}

/** Whether there is a recorded step after the cursor, or a task that can step. */
export function canPlay(state: SessionState): boolean {
  return (
    state.run.cursor < currentBranch(state.run).tip.depth ||
    enabledTasks(currentSnapshot(state)).length > 0
  );
}

/** Whether there is anything to play, from the cursor or from the start. */
export function hasSteps(state: SessionState): boolean {
  return state.run.cursor > 0 || canPlay(state);
}

/** The next recorded step, else a new step of the task that sequential playback would move. */
export function stepForward(session: Session): void {
  const state = session.getState();
  if (state.run.cursor < currentBranch(state.run).tip.depth)
    return seekTo(session, state.run.cursor + 1);
  const task = nextTask(currentSnapshot(state));
  if (task !== undefined) stepTask(session, task);
}

/** Moves the cursor back by one step. */
export function stepBack(session: Session): void {
  seekTo(session, session.getState().run.cursor - 1);
}

function scheduleTick(session: Session, run = (): void => tick(session)): void {
  const state = session.getState();
  const speed = playbackSpeed(state) ?? state.settings.speed;
  timers.set(session, setTimeout(run, (1000 * (1 + readingSteps(state))) / speed));
}

/** How many steps a playback waits at a step with a caption, so that it can be read: longer at a slower speed. */
function readingSteps(state: SessionState): number {
  const caption = state.callPlayback ? undefined : currentCaption(state);
  return Math.min(MAX_READING_STEPS, (caption?.say.split(' ').length ?? 0) / WORDS_PER_STEP);
}

function tick(session: Session): void {
  const state = session.getState();
  const { run, settings } = state;
  if (!settings.playing) return;
  const sequential = settings.scheduler === 'sequential';
  const target = playTargets.get(session);
  if ((sequential || target !== undefined) && run.cursor < currentBranch(run).tip.depth) {
    seekTo(session, run.cursor + 1);
  } else {
    const snapshot = currentSnapshot(state);
    const task = sequential
      ? nextTask(snapshot)
      : randomTask(enabledTasks(snapshot), settings.seed, run.cursor);
    if (task === undefined) return finishPlayback(session);
    stepTaskInPlayback(session, task);
  }
  const { run: moved } = session.getState();
  if (target !== undefined && moved.cursor >= target) pause(session);
  else if (isViolatedTip(moved)) pause(session);
  else if (canPlay(session.getState())) scheduleTick(session);
  else finishPlayback(session);
}

/** Whether the cursor is at the end of a branch that ends with a violation, as a counterexample does. */
function isViolatedTip(run: Run): boolean {
  return (
    run.cursor === currentBranch(run).tip.depth && currentSnapshot({ run }).violations.length > 0
  );
}

function finishPlayback(session: Session): void {
  pause(session);
  const snapshot = currentSnapshot(session.getState());
  const blocked = snapshot.program.tasks.filter(({ index }) => callInFlight(snapshot, index));
  amendLast(
    session,
    session.getState().run,
    blocked.length > 0
      ? `Stopped: blocked tasks: ${blocked.map(({ name }) => name).join(', ')}`
      : 'Stopped: every call has returned',
  );
}

/** The same task for the same seed and depth, on every JavaScript engine. */
function randomTask(names: readonly string[], seed: number, depth: number): string | undefined {
  return names.length === 0
    ? undefined
    : names[seededRandom(Math.imul(seed, 0x1000193) ^ depth)(names.length)];
}
