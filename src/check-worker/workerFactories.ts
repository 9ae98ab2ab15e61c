import type { WorkerLike } from './checkClient';
import type { WorkerRequest } from './serveChecks';

/** The worker's side of the protocol, as `serveChecks.ts` has it. */
type ServeChecks = typeof import('./serveChecks').serveChecks;

/** One way to run checks. */
export interface WorkerFactory {
  readonly thread: 'worker' | 'page';
  /** Throws or rejects where this page may not do so; the next way is tried then. */
  readonly create: () => WorkerLike | Promise<WorkerLike>;
}

/** Starts the worker that the page's build has for checks; throws or rejects where the page may not. */
export type CreateWorker = () => Worker | Promise<Worker>;

/** Half a frame: on the page's own thread the stage must go on. */
const MAIN_THREAD_SLICE_MS = 8;

/** The ways to run checks in a page, best first, for `makeCheckClient`: the page's worker if it has one, then the main thread in time slices. */
export function workerFactories(createWorker?: CreateWorker): readonly WorkerFactory[] {
  return [
    ...(createWorker ? [{ thread: 'worker', create: createWorker } as const] : []),
    {
      thread: 'page',
      create: async () => mainThreadWorker((await import('./serveChecks')).serveChecks),
    },
  ];
}

/** What looks like a worker and works on this thread, in slices. It begins when somebody listens, and is never in the middle of anything when it is heard. */
function mainThreadWorker(serveChecks: ServeChecks): WorkerLike {
  const events = new EventTarget();
  let receive: ((message: WorkerRequest) => void) | undefined;
  let last = 0;
  return {
    postMessage: (message: WorkerRequest) => {
      last = message.id;
      receive?.(message);
    },
    addEventListener: (type: string, listener: EventListenerOrEventListenerObject) => {
      events.addEventListener(type, listener);
      receive ??= serveChecks(
        (data) => queueMicrotask(() => events.dispatchEvent(new MessageEvent('message', { data }))),
        MAIN_THREAD_SLICE_MS,
      );
    },
    terminate: () => receive?.({ type: 'cancel', id: last }),
  };
}
