import { makeCheck, type Check, type SearchProgress } from '../explore/check';
import { compileRequest, type CheckRequest } from '../explore/checkRequest';
import type { CheckResult } from '../explore/checkResult';

/** Progress with times; `statesPerSecond` is the average since the check began. */
export interface CheckProgress extends SearchProgress {
  readonly seconds: number;
  readonly statesPerSecond: number;
}

/** How a check shares its thread. */
export interface SliceOptions {
  /** Milliseconds of work between two pauses. */
  readonly sliceMs: number;
  readonly onProgress: (progress: CheckProgress) => void;
  readonly cancelled: () => boolean;
  /** Monotonic clock in milliseconds. */
  readonly now: () => number;
  /** Yields to the event loop. */
  readonly pause: () => Promise<void>;
}

const PROGRESS_INTERVAL_MS = 50;
const FIRST_BUDGET = 2000;

/**
 * Runs a check to its end, in time slices. After `cancelled` or `maxSeconds` the result holds what was found so far; undefined if
 * it was cancelled before the search.
 */
export async function runCheckInSlices(
  request: CheckRequest,
  { sliceMs, onProgress, cancelled, now, pause }: SliceOptions,
): Promise<CheckResult | undefined> {
  const begin = now();
  const program = compileRequest(request);
  await pause();
  if (cancelled()) return undefined;
  const check = makeCheck(program, request);
  await pause();
  const seconds = (): number => (now() - begin) / 1000;
  let budget = FIRST_BUDGET;
  let lastProgress = begin;
  if (cancelled()) check.stop('cancel');
  for (;;) {
    const start = now();
    if (check.advance(budget) === 'done') return check.result(seconds());
    const end = now();
    budget = nextStepBudget(budget, end - start, sliceMs);
    if (end - lastProgress >= PROGRESS_INTERVAL_MS) {
      lastProgress = end;
      onProgress(progressOf(check, seconds()));
    }
    await pause();
    if (cancelled()) check.stop('cancel');
    else if (seconds() > (request.maxSeconds ?? Infinity)) check.stop('time');
  }
}

/** Runs other work in time slices; undefined if it was cancelled. */
export async function runWorkInSlices<Result>(
  work: Generator<unknown, Result>,
  { sliceMs, now, pause, cancelled }: SliceOptions,
): Promise<Result | undefined> {
  for (let start = now(); ;) {
    const turn = work.next();
    if (turn.done) return turn.value;
    if (now() - start < sliceMs) continue;
    await pause();
    if (cancelled()) return undefined;
    start = now();
  }
}

/** The step budget for a slice of `wantedMs`, from the last budget and how long it took. Changes at most fourfold at once. */
export function nextStepBudget(budget: number, tookMs: number, wantedMs: number): number {
  const factor = Math.min(4, Math.max(0.25, wantedMs / Math.max(0.1, tookMs)));
  return Math.min(1_000_000, Math.max(64, Math.round(budget * factor)));
}

function progressOf(check: Check, seconds: number): CheckProgress {
  const progress = check.progress();
  return {
    ...progress,
    seconds,
    statesPerSecond: Math.round(progress.states / Math.max(seconds, 0.001)),
  };
}

/** A pause of one turn of the event loop. A message avoids the minimum delay of nested timers. */
export function eventLoopPause(): {
  readonly pause: () => Promise<void>;
  readonly close: () => void;
} {
  const { port1, port2 } = new MessageChannel();
  let resume: (() => void) | undefined;
  port1.addEventListener('message', () => resume?.());
  port1.start();
  return {
    pause: () =>
      new Promise((resolve) => {
        resume = resolve;
        port2.postMessage(undefined);
      }),
    close: () => port1.close(),
  };
}
