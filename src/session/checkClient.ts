import type { CheckRequest } from '../explore/checkRequest';
import type { CheckResult } from '../explore/checkResult';
import type { CheckNews } from './checkDriver';
import { failureText } from './checkFailure';
import type { FromWorker, ToWorker } from './checkProtocol';

/** How a check ended: with a result (perhaps a cancelled or limited one), or with a message for people. The session is untouched either way. */
type CheckAnswer = { readonly ok: true; readonly result: CheckResult } | { readonly ok: false; readonly message: string };

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
  readonly check: (request: CheckRequest, onProgress: (news: CheckNews) => void) => RunningCheck;
  /** Where checks run: a worker, the page's own thread in slices, or not yet known. */
  readonly place: () => 'worker' | 'page' | undefined;
  readonly close: () => void;
}

/** What the client needs of a Worker. */
export type WorkerLike = Pick<Worker, 'postMessage' | 'terminate' | 'addEventListener'>;

/** Times after which a worker is given up, in milliseconds. */
export interface Patience {
  /** Until its script has loaded. */
  readonly startMs: number;
  /** Without a word during a check. */
  readonly silenceMs: number;
  /** Until it has answered a cancel. */
  readonly cancelMs: number;
}

const PATIENCE: Patience = { startMs: 5000, silenceMs: 30_000, cancelMs: 5000 };
/** Half a frame: on the page's own thread the stage must go on. */
const PAGE_SLICE_MS = 8;

/**
 * A client. `starters` are tried in order (a worker file, an inline worker); one that throws or never gets ready is
 * passed over, and after the last checks run on the page's own thread.
 */
export function makeCheckClient(starters: readonly (() => WorkerLike)[], patience: Patience = PATIENCE): CheckClient {
  let worker: WorkerLike | undefined;
  let starting: Promise<WorkerLike | undefined> | undefined;
  let place: 'worker' | 'page' | undefined;
  let number = 0;
  interface Entry { readonly id: number; readonly cancel: () => void; readonly settle: (answer: CheckAnswer) => void; readonly onProgress: (news: CheckNews) => void; readonly heard: () => void }
  const running = new Map<number, Entry>();

  const receive = (message: Exclude<FromWorker, { readonly type: 'ready' }>): void => {
    const entry = running.get(message.id);
    if (!entry) return;
    entry.heard();
    if (message.type === 'progress') entry.onProgress(message.news);
    else entry.settle(message.type === 'done' ? { ok: true, result: message.result } : { ok: false, message: message.message });
  };
  const giveUp = (why: string): void => {
    worker?.terminate();
    worker = undefined;
    starting = undefined;
    for (const entry of running.values()) entry.settle({ ok: false, message: `${why} Nothing else is lost: the check can be started again.` });
  };
  const start = async (): Promise<WorkerLike | undefined> => {
    for (const starter of starters) {
      const ready = await tryStarter(starter, patience.startMs, receive, (message) => giveUp(`The search worker died${message === '' ? '' : ` (${message})`}.`));
      if (ready) return ready;
    }
    return undefined;
  };

  const check: CheckClient['check'] = (request, onProgress) => {
    for (const entry of running.values()) entry.cancel();
    const id = ++number;
    let cancelled = false;
    let silence: ReturnType<typeof setTimeout> | undefined;
    const listen = (ms: number, why: string): void => {
      clearTimeout(silence);
      if (worker) silence = setTimeout(() => giveUp(why), ms);
    };
    const answer = new Promise<CheckAnswer>((resolve) => {
      running.set(id, {
        id, onProgress,
        settle: (given) => {
          clearTimeout(silence);
          running.delete(id);
          resolve(given);
        },
        cancel: () => {
          if (cancelled) return;
          cancelled = true;
          if (!worker) return;
          send(worker, { type: 'cancel', id });
          listen(patience.cancelMs, 'The search worker did not stop and was ended.');
        },
        heard: () => { if (!cancelled) listen(patience.silenceMs, 'The search worker has not been heard of and was ended.'); },
      });
    });
    const entry = running.get(id)!;
    void (async () => {
      starting ??= start();
      worker = await starting;
      place = worker ? 'worker' : 'page';
      if (worker) {
        send(worker, { type: 'check', id, request });
        if (cancelled) send(worker, { type: 'cancel', id });
        return entry.heard();
      }
      try {
        // Where there are workers, the page itself needs no search.
        const { driveCheck, messagePause } = await import('./checkDriver');
        const { pause, close } = messagePause();
        const end = driveCheck(request, { sliceMs: PAGE_SLICE_MS, pause, onProgress, now: () => performance.now(), cancelled: () => cancelled });
        entry.settle({ ok: true, result: await end.finally(close) });
      } catch (error) {
        entry.settle({ ok: false, message: failureText(error) });
      }
    })();
    return { answer, cancel: entry.cancel };
  };
  return { check, place: () => place, close: () => { worker?.terminate(); worker = undefined; starting = undefined; } };
}

function send(worker: WorkerLike, message: ToWorker): void {
  worker.postMessage(message, []);
}

/** The worker when it says that it is ready; undefined when it cannot start. */
function tryStarter(starter: () => WorkerLike, patienceMs: number, receive: (message: Exclude<FromWorker, { readonly type: 'ready' }>) => void, died: (message: string) => void): Promise<WorkerLike | undefined> {
  return new Promise((resolve) => {
    let worker: WorkerLike;
    try {
      worker = starter();
    } catch (error) {
      // A sandboxed frame may not start workers: the next way is tried.
      console.info(`a worker could not be started: ${error instanceof Error ? error.message : String(error)}`);
      resolve(undefined);
      return;
    }
    let ready = false;
    const timer = setTimeout(() => { worker.terminate(); resolve(undefined); }, patienceMs);
    worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
      if (data.type !== 'ready') return receive(data);
      ready = true;
      clearTimeout(timer);
      resolve(worker);
    });
    worker.addEventListener('error', (event) => {
      clearTimeout(timer);
      if (ready) return died(event.message ?? '');
      worker.terminate();
      resolve(undefined);
    });
  });
}
