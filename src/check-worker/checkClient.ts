import type { CheckRequest } from '../explore/checkRequest';
import type { CheckResult } from '../explore/checkResult';
import { PROPERTY_IDS } from '../kernel/properties/properties';
import { optionsAsJson } from '../scenario/format/makeScenario';
import type { CheckProgress } from './runCheckInSlices';
import type { WorkerResponse, WorkerRequest } from './serveChecks';
import type { WorkerFactory } from './workerFactories';

/** How a check ended: with a result (perhaps a cancelled or limited one), or with a message for people. The session is untouched either way. */
type CheckAnswer =
  | { readonly ok: true; readonly result: CheckResult }
  | { readonly ok: false; readonly message: string };

/** A check under way. */
export interface RunningCheck {
  /** Never rejects. */
  readonly answer: Promise<CheckAnswer>;
  /** Ends the search; the answer holds what was found. */
  readonly cancel: () => void;
}

/** Runs checks off the main thread where that is possible. */
export interface CheckClient {
  /** Begins a check; one that still runs is cancelled. */
  readonly check: (
    request: CheckRequest,
    onProgress: (news: CheckProgress) => void,
  ) => RunningCheck;
  /** Where checks run: a worker, the page's own thread in slices, or not yet known (a worker that was ended leaves its successor to be known). */
  readonly thread: () => 'worker' | 'page' | undefined;
  readonly close: () => void;
}

/** What the client needs of a Worker. */
export type WorkerLike = Pick<Worker, 'postMessage' | 'terminate' | 'addEventListener'>;

/** Times after which a worker is given up, in milliseconds. */
export interface WorkerTimeouts {
  /** Until its script has loaded. */
  readonly startMs: number;
  /** Without a word during a check. */
  readonly silenceMs: number;
  /** Until it has answered a cancel; what it told so far is kept. */
  readonly cancelMs: number;
}

const DEFAULT_TIMEOUTS: WorkerTimeouts = { startMs: 5000, silenceMs: 30_000, cancelMs: 60 };
/** An answer that came while the page was busy is read before a worker is ended. */
const FINAL_MESSAGE_GRACE_MS = 15;

interface PendingCheck {
  readonly id: number;
  readonly request: CheckRequest;
  readonly onProgress: (progress: CheckProgress) => void;
  readonly settle: (answer: CheckAnswer) => void;
  progress: CheckProgress | undefined;
  cancelled: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

interface StartedWorker {
  readonly worker: WorkerLike;
  readonly thread: 'worker' | 'page';
}

/** A client. `starters` are tried in order (see `checkStarters`); one that throws or never gets ready is passed over. */
export function makeCheckClient(
  starters: readonly WorkerFactory[],
  patience: WorkerTimeouts = DEFAULT_TIMEOUTS,
): CheckClient {
  let started: StartedWorker | undefined;
  let starting: Promise<StartedWorker | undefined> | undefined;
  let number = 0;
  const running = new Map<number, PendingCheck>();

  const settle = (entry: PendingCheck, answer: CheckAnswer): void => {
    clearTimeout(entry.timer);
    if (running.delete(entry.id)) entry.settle(answer);
  };
  const waitFor = (entry: PendingCheck, ms: number, late: () => void): void => {
    clearTimeout(entry.timer);
    entry.timer = setTimeout(late, ms);
  };
  const heard = (entry: PendingCheck): void => {
    if (!entry.cancelled)
      waitFor(entry, patience.silenceMs, () =>
        died('The search worker has not been heard of and was ended.'),
      );
  };
  const receive = (message: Exclude<WorkerResponse, { readonly type: 'ready' }>): void => {
    const entry = running.get(message.id);
    if (!entry) return;
    heard(entry);
    if (message.type === 'progress') {
      entry.progress = message.progress;
      entry.onProgress(message.progress);
    } else
      settle(
        entry,
        message.type === 'done'
          ? { ok: true, result: message.result }
          : { ok: false, message: message.message },
      );
  };
  const drop = (): void => {
    started?.worker.terminate();
    started = undefined;
    starting = undefined;
  };
  const died = (why: string): void => {
    drop();
    for (const entry of running.values())
      settle(
        entry,
        entry.cancelled
          ? stoppedAnswer(entry)
          : { ok: false, message: `${why} Nothing else is lost: the check can be started again.` },
      );
  };
  const start = async (): Promise<StartedWorker | undefined> => {
    for (const { thread: place, create: begin } of starters) {
      const worker = await tryFactory(begin, patience.startMs, receive, (message) =>
        died(`The search worker died${message === '' ? '' : ` (${message})`}.`),
      );
      if (worker) return { worker, thread: place };
    }
    return undefined;
  };
  const send = async (entry: PendingCheck): Promise<void> => {
    starting ??= start();
    const mine = starting;
    const now = await mine;
    if (!running.has(entry.id) || starting !== mine) return;
    started = now;
    if (!now) {
      starting = undefined;
      return settle(entry, {
        ok: false,
        message:
          'No search can be started in this page: its script did not load. Reload the page, or open the playground itself.',
      });
    }
    postToWorker(now.worker, { type: 'check', id: entry.id, request: entry.request });
    heard(entry);
  };
  /** A worker in the middle of something that cannot be paused is ended: what it told is kept, and the next check gets a new one. */
  const end = (entry: PendingCheck): void => {
    if (!running.has(entry.id)) return;
    if (started?.thread === 'page') return;
    drop();
    settle(entry, stoppedAnswer(entry));
    const others = [...running.values()];
    for (const other of others)
      if (other.cancelled) settle(other, stoppedAnswer(other));
      else void send(other);
    starting ??= start();
  };
  const cancel = (entry: PendingCheck): void => {
    if (entry.cancelled || !running.has(entry.id)) return;
    entry.cancelled = true;
    if (!started) return settle(entry, stoppedAnswer(entry));
    postToWorker(started.worker, { type: 'cancel', id: entry.id });
    waitFor(entry, patience.cancelMs, () =>
      waitFor(entry, FINAL_MESSAGE_GRACE_MS, () => end(entry)),
    );
  };

  return {
    check: (request, onProgress) => {
      for (const entry of running.values()) cancel(entry);
      const id = ++number;
      let entry: PendingCheck | undefined;
      const answer = new Promise<CheckAnswer>((resolve) => {
        entry = {
          id,
          request,
          onProgress,
          settle: resolve,
          progress: undefined,
          cancelled: false,
          timer: undefined,
        };
      });
      const begun = entry!;
      running.set(id, begun);
      void send(begun);
      return { answer, cancel: () => cancel(begun) };
    },
    thread: () => started?.thread,
    close: drop,
  };
}

/** What is known of a check that was ended from outside: what it last told. Its worker had no time for witnesses. */
function stoppedAnswer({
  request: { scenario, properties = PROPERTY_IDS, engine = 'wasm', reduce = 'none' },
  progress: news,
}: PendingCheck): CheckAnswer {
  const broken = new Set(news?.violated);
  return {
    ok: true,
    result: {
      format: 'vfio-playground/check@1',
      design: scenario.design,
      options: optionsAsJson(scenario.options),
      verdict: broken.size > 0 ? 'violated' : 'incomplete',
      coverage: 'stopped',
      stoppedBy: 'cancel',
      states: news?.states ?? 0,
      transitions: news?.transitions ?? 0,
      depth: news?.depth ?? 0,
      seconds: news?.seconds ?? 0,
      engine: news?.engine ?? engine,
      ...(reduce === 'none' ? {} : { reduce }),
      properties: PROPERTY_IDS.filter((id) => properties.includes(id)).map((id) => ({
        id,
        status: broken.has(id) ? 'violated' : 'incomplete',
      })),
      outcomes: [],
    },
  };
}

function postToWorker(worker: WorkerLike, message: WorkerRequest): void {
  worker.postMessage(message, []);
}

/** The worker when it says that it is ready; undefined when it cannot start. */
async function tryFactory(
  start: WorkerFactory['create'],
  patienceMs: number,
  receive: (message: Exclude<WorkerResponse, { readonly type: 'ready' }>) => void,
  died: (message: string) => void,
): Promise<WorkerLike | undefined> {
  let worker: WorkerLike;
  try {
    worker = await start();
  } catch (error) {
    // A sandboxed frame may not start workers: the next way is tried.
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
    }, patienceMs);
    worker.addEventListener('message', ({ data }: MessageEvent<WorkerResponse>) => {
      if (data.type !== 'ready') return receive(data);
      ready = true;
      clearTimeout(timer);
      resolve(worker);
    });
    worker.addEventListener('error', (event: ErrorEvent) => {
      clearTimeout(timer);
      if (ready) return died(event.message ?? '');
      worker.terminate();
      resolve(undefined);
    });
  });
}
