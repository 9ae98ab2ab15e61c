import type { Check, SearchProgress } from '../explore/check';
import { beginCheck } from '../explore/checkRequest';
import type { CheckRequest } from '../explore/checkRequest';
import type { CheckResult } from '../explore/checkResult';

/** Progress for people; `statesPerSecond` is over the whole exploration so far. */
export interface CheckProgress extends SearchProgress {
  readonly seconds: number;
  readonly statesPerSecond: number;
}

/** How a driver goes about it. */
export interface SliceOptions {
  /** Milliseconds of work between two pauses. */
  readonly sliceMs: number;
  readonly onProgress: (news: CheckProgress) => void;
  readonly cancelled: () => boolean;
  /** Milliseconds, from anywhere. */
  readonly now: () => number;
  /** Lets the rest of the thread run: input, frames, messages. */
  readonly pause: () => Promise<void>;
}

const PROGRESS_INTERVAL_MS = 50;

/** Runs a check in slices to its end; ended early by `cancelled` it yields what was found. */
export async function runCheckInSlices(
  request: CheckRequest,
  drive: SliceOptions,
): Promise<CheckResult> {
  const begin = drive.now();
  const check = beginCheck(request);
  const seconds = (): number => (drive.now() - begin) / 1000;
  let budget = 2000;
  let told = begin;
  for (;;) {
    const start = drive.now();
    if (check.advance(budget) === 'done') return check.result(seconds());
    const end = drive.now();
    budget = nextStepBudget(budget, end - start, drive.sliceMs);
    if (end - told >= PROGRESS_INTERVAL_MS) {
      told = end;
      drive.onProgress(progressOf(check, seconds()));
    }
    await drive.pause();
    if (drive.cancelled()) check.stop('cancel');
    else if (seconds() > (request.maxSeconds ?? Infinity)) check.stop('time');
  }
}

/** Aims at slices of the wanted length; a slice that was far off changes the budget at most fourfold. */
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

/** A pause that lets the event loop turn once, without the delay of a timer. */
export function eventLoopPause(): {
  readonly pause: () => Promise<void>;
  readonly close: () => void;
} {
  const { port1, port2 } = new MessageChannel();
  let go: (() => void) | undefined;
  port1.addEventListener('message', () => go?.());
  port1.start();
  return {
    pause: () =>
      new Promise((resolve) => {
        go = resolve;
        port2.postMessage(undefined);
      }),
    close: () => port1.close(),
  };
}
