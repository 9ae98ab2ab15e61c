import type { CheckRequest } from '../explore/checkRequest';
import type { CheckResult } from '../explore/checkResult';
import { PROPERTY_IDS } from '../kernel/properties/properties';
import { optionsAsJson } from '../scenario/format/makeScenario';
import type { CheckProgress } from './runCheckInSlices';
import type { ExplainFailure, Explanation } from '../explore/explain/decidingSteps';
import type { ExplainRequest, RemovalsRequest } from '../explore/explain/explainRequest';
import type {
  WorkerLike,
  WorkerRequest,
  WorkerResponse,
  WorkerResult,
  WorkerWork,
} from './protocol';
import type { WorkerFactory } from './workerFactories';

/** How a check ended: with a result (perhaps stopped early), or with a message for the user. */
export type CheckAnswer =
  | { readonly ok: true; readonly result: CheckResult }
  | { readonly ok: false; readonly message: string };

/** How other work ended; `cancelled` says that no user is waiting for the message. */
export type WorkAnswer<Result> =
  | { readonly ok: true; readonly result: Result }
  | { readonly ok: false; readonly message: string; readonly cancelled?: true };

/** A check in progress. */
export interface RunningCheck {
  /** Never rejects. */
  readonly answer: Promise<CheckAnswer>;
  /** Stops the check; the answer holds what it found so far. */
  readonly cancel: () => void;
}

/** Runs checks outside the main thread if the page can. Other work runs in a second worker: a check never waits for it. */
export interface CheckClient {
  /** Starts a check and cancels the running one. */
  readonly check: (
    request: CheckRequest,
    onProgress: (progress: CheckProgress) => void,
  ) => RunningCheck;
  /** Explains a counterexample. The next check or work cancels it. */
  readonly explain: (request: ExplainRequest) => Promise<WorkAnswer<Explanation | ExplainFailure>>;
  /** Finds the steps that can be removed unnoticed. The next check or work cancels it. */
  readonly unnoticedRemovals: (request: RemovalsRequest) => Promise<WorkAnswer<readonly string[]>>;
  /** The thread that runs checks; undefined until a worker is ready. */
  readonly thread: () => WorkerFactory['thread'] | undefined;
  /** Terminates the worker. */
  readonly close: () => void;
}

/** Times after which a worker is terminated, in milliseconds. */
export interface WorkerTimeouts {
  /** Until `ready`. */
  readonly startMs: number;
  /** Without a message during a check. */
  readonly silenceMs: number;
  /** From a cancel until its answer; the last progress becomes the result. */
  readonly cancelMs: number;
}

const DEFAULT_TIMEOUTS: WorkerTimeouts = { startMs: 5000, silenceMs: 30_000, cancelMs: 60 };
/** Before termination, time to read an answer that arrived while the page was busy. */
const FINAL_MESSAGE_GRACE_MS = 15;
/** How much longer a check may take to stop if the next one waits behind it. */
const REPLACED_FACTOR = 8;

interface PendingCheck {
  readonly id: number;
  readonly work: WorkerWork;
  readonly onProgress: (progress: CheckProgress) => void;
  readonly settle: (answer: WorkAnswer<WorkerResult>) => void;
  progress: CheckProgress | undefined;
  cancelled: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

interface StartedWorker {
  readonly worker: WorkerLike;
  readonly thread: WorkerFactory['thread'];
}

/** One worker and what it is asked to do. */
interface WorkerQueue {
  /** Begins work and cancels the work before it. */
  readonly begin: (
    work: WorkerWork,
    onProgress?: (progress: CheckProgress) => void,
  ) => { readonly id: number; readonly answer: Promise<WorkAnswer<WorkerResult>> };
  readonly cancel: (id: number) => void;
  readonly cancelAll: () => void;
  readonly thread: CheckClient['thread'];
  readonly close: () => void;
}

/** A client that uses the first of `factories` whose worker gets ready. */
export function makeCheckClient(
  factories: readonly WorkerFactory[],
  timeouts: WorkerTimeouts = DEFAULT_TIMEOUTS,
): CheckClient {
  const checks = makeWorkerQueue(factories, timeouts);
  const otherWork = makeWorkerQueue(factories, timeouts);
  return {
    explain: (request) =>
      otherWork.begin({ type: 'explain', request }).answer as Promise<
        WorkAnswer<Explanation | ExplainFailure>
      >,
    unnoticedRemovals: (request) =>
      otherWork.begin({ type: 'removals', request }).answer as Promise<
        WorkAnswer<readonly string[]>
      >,
    check: (request, onProgress) => {
      otherWork.cancelAll();
      const { id, answer } = checks.begin({ type: 'check', request }, onProgress);
      return { answer: answer as Promise<CheckAnswer>, cancel: () => checks.cancel(id) };
    },
    thread: checks.thread,
    close: () => {
      checks.close();
      otherWork.close();
    },
  };
}

function makeWorkerQueue(
  factories: readonly WorkerFactory[],
  timeouts: WorkerTimeouts,
): WorkerQueue {
  let started: StartedWorker | undefined;
  let starting: Promise<StartedWorker | undefined> | undefined;
  let lastId = 0;
  const pending = new Map<number, PendingCheck>();

  const settle = (check: PendingCheck, answer: WorkAnswer<WorkerResult>): void => {
    clearTimeout(check.timer);
    if (pending.delete(check.id)) check.settle(answer);
  };
  const setTimer = (check: PendingCheck, ms: number, onTimeout: () => void): void => {
    clearTimeout(check.timer);
    check.timer = setTimeout(onTimeout, ms);
  };
  const restartSilenceTimer = (check: PendingCheck): void => {
    if (!check.cancelled)
      setTimer(check, timeouts.silenceMs, () =>
        failAll('The checker stopped responding and was terminated.'),
      );
  };
  const receive = (response: Exclude<WorkerResponse, { readonly type: 'ready' }>): void => {
    const check = pending.get(response.id);
    if (!check) return;
    restartSilenceTimer(check);
    if (response.type === 'progress') {
      check.progress = response.progress;
      check.onProgress(response.progress);
    } else
      settle(
        check,
        response.type === 'done'
          ? { ok: true, result: response.result }
          : response.type === 'stopped'
            ? stoppedAnswer(check)
            : { ok: false, message: response.message },
      );
  };
  const terminate = (): void => {
    started?.worker.terminate();
    started = undefined;
    starting = undefined;
  };
  const failAll = (message: string): void => {
    terminate();
    for (const check of pending.values())
      settle(
        check,
        check.cancelled
          ? stoppedAnswer(check)
          : { ok: false, message: `${message} Start the check again.` },
      );
  };
  const start = async (): Promise<StartedWorker | undefined> => {
    for (const { thread, create } of factories) {
      const worker = await tryFactory(create, timeouts.startMs, receive, (detail) =>
        failAll(`The checker crashed${detail === '' ? '' : ` (${detail})`}.`),
      );
      if (worker) return { worker, thread };
    }
    return undefined;
  };
  const send = async (check: PendingCheck): Promise<void> => {
    starting ??= start();
    const attempt = starting;
    const ready = await attempt;
    if (!pending.has(check.id) || starting !== attempt) return;
    started = ready;
    if (!ready) {
      starting = undefined;
      return settle(check, {
        ok: false,
        message: 'The checker could not be started: its script did not load. Reload the page.',
      });
    }
    postToWorker(ready.worker, { ...check.work, id: check.id } as WorkerRequest);
    restartSilenceTimer(check);
  };
  /** Terminates a worker that did not answer a cancel in time. Other checks move to a new worker. */
  const stop = (check: PendingCheck): void => {
    // The main thread cannot be terminated; its check stops at the end of the slice.
    if (!pending.has(check.id) || started?.thread === 'main') return;
    terminate();
    settle(check, stoppedAnswer(check));
    for (const other of pending.values())
      if (other.cancelled) settle(other, stoppedAnswer(other));
      else void send(other);
    starting ??= start();
  };
  const cancel = (check: PendingCheck, waitMs = timeouts.cancelMs): void => {
    if (check.cancelled || !pending.has(check.id)) return;
    check.cancelled = true;
    if (!started) return settle(check, stoppedAnswer(check));
    postToWorker(started.worker, { type: 'cancel', id: check.id });
    // Other work has no result before its end.
    if (check.work.type !== 'check') return settle(check, stoppedAnswer(check));
    setTimer(check, waitMs, () => setTimer(check, FINAL_MESSAGE_GRACE_MS, () => stop(check)));
  };

  // What is replaced need not stop at once, and a worker that was not terminated is warm.
  const cancelAll = (): void => {
    for (const check of pending.values()) cancel(check, timeouts.cancelMs * REPLACED_FACTOR);
  };
  return {
    begin: (work, onProgress = () => undefined) => {
      cancelAll();
      const id = ++lastId;
      const answer = new Promise<WorkAnswer<WorkerResult>>((resolve) => {
        const check: PendingCheck = {
          id,
          work,
          onProgress,
          settle: resolve,
          progress: undefined,
          cancelled: false,
          timer: undefined,
        };
        pending.set(id, check);
        void send(check);
      });
      return { id, answer };
    },
    cancel: (id) => {
      const check = pending.get(id);
      if (check) cancel(check);
    },
    cancelAll,
    thread: () => started?.thread,
    close: terminate,
  };
}

/** The result of a check whose worker was terminated: its last progress, without counterexamples. Other work has none. */
function stoppedAnswer({ work, progress }: PendingCheck): WorkAnswer<WorkerResult> {
  if (work.type !== 'check') return { ok: false, message: 'Cancelled.', cancelled: true };
  const { scenario, properties = PROPERTY_IDS, engine, reduce = 'none' } = work.request;
  const violated = new Set(progress?.violated);
  return {
    ok: true,
    result: {
      format: 'vfio-playground/check@1',
      design: scenario.design,
      options: optionsAsJson(scenario.options),
      verdict: violated.size > 0 ? 'violated' : 'incomplete',
      coverage: 'stopped',
      stoppedBy: 'cancel',
      states: progress?.states ?? 0,
      transitions: progress?.transitions ?? 0,
      depth: progress?.depth ?? 0,
      seconds: progress?.seconds ?? 0,
      engine: progress?.engine ?? (engine === 'bytecode' ? engine : 'wasm'),
      ...(reduce === 'none' ? {} : { reduce }),
      properties: PROPERTY_IDS.filter((id) => properties.includes(id)).map((id) => ({
        id,
        status: violated.has(id) ? 'violated' : 'incomplete',
      })),
      outcomes: [],
    },
  };
}

function postToWorker(worker: WorkerLike, message: WorkerRequest): void {
  worker.postMessage(message, []);
}

/** The worker once it is ready; undefined if it cannot start. */
async function tryFactory(
  create: WorkerFactory['create'],
  startMs: number,
  receive: (response: Exclude<WorkerResponse, { readonly type: 'ready' }>) => void,
  onCrash: (detail: string) => void,
): Promise<WorkerLike | undefined> {
  let worker: WorkerLike;
  try {
    worker = await create();
  } catch (error) {
    // Expected in a sandboxed frame: the next factory is tried.
    console.info(
      `a worker could not be started: ${error instanceof Error ? error.message : String(error)}`,
    );
    return undefined;
  }
  return new Promise((resolve) => {
    let ready = false;
    const timer = setTimeout(() => {
      worker.terminate();
      resolve(undefined);
    }, startMs);
    worker.addEventListener('message', ({ data }: MessageEvent<WorkerResponse>) => {
      if (data.type !== 'ready') return receive(data);
      ready = true;
      clearTimeout(timer);
      resolve(worker);
    });
    worker.addEventListener('error', (event: ErrorEvent) => {
      clearTimeout(timer);
      if (ready) return onCrash(event.message ?? '');
      worker.terminate();
      resolve(undefined);
    });
  });
}
