import type { WorkerLike, WorkerRequest } from './protocol';

type ServeChecks = typeof import('./serveChecks').serveChecks;

/** One way to run checks. */
export interface WorkerFactory {
  readonly thread: 'worker' | 'main';
  /** Throws or rejects if the page may not do so; the client then tries the next factory. */
  readonly create: () => WorkerLike | Promise<WorkerLike>;
}

/** Starts the checker worker of the page's build; throws or rejects if the page may not start workers. */
export type CreateWorker = () => Worker | Promise<Worker>;

/** Half a frame at 60 Hz, so that the page stays responsive. */
const MAIN_THREAD_SLICE_MS = 8;

/** A worker from a blob, which a frame without an origin may start too. It loads the classic script at `url`. */
export function blobWorker(url: string): Worker {
  const script = `importScripts(${JSON.stringify(url)})`;
  return new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })));
}

/** The ways to run checks, best first, for `makeCheckClient`: the page's worker if it has one, then the main thread. */
export function workerFactories(createWorker?: CreateWorker): readonly WorkerFactory[] {
  return [
    ...(createWorker ? [{ thread: 'worker', create: createWorker } as const] : []),
    {
      thread: 'main',
      create: async () => mainThreadWorker((await import('./serveChecks')).serveChecks),
    },
  ];
}

/** Main-thread stand-in for a Worker; runs in time slices. It starts with the first listener, so that `ready` is not lost. */
function mainThreadWorker(serveChecks: ServeChecks): WorkerLike {
  const events = new EventTarget();
  let receive: ((message: WorkerRequest) => void) | undefined;
  let lastId = 0;
  return {
    postMessage: (message: WorkerRequest) => {
      lastId = message.id;
      receive?.(message);
    },
    addEventListener: (type: string, listener: EventListenerOrEventListenerObject) => {
      events.addEventListener(type, listener);
      receive ??= serveChecks(
        (data) => queueMicrotask(() => events.dispatchEvent(new MessageEvent('message', { data }))),
        MAIN_THREAD_SLICE_MS,
      );
    },
    terminate: () => receive?.({ type: 'cancel', id: lastId }),
  };
}
