import type { WorkerLike } from './checkClient';
import type { WorkerRequest } from './serveChecks';

/** The worker's side of the protocol, as `checkProtocol.ts` has it. */
type ServeChecks = typeof import('./serveChecks').serveChecks;

/** One way to run checks. */
export interface WorkerFactory {
  readonly thread: 'worker' | 'page';
  /** Throws or rejects where this page may not do so; the next way is tried then. */
  readonly create: () => WorkerLike | Promise<WorkerLike>;
}

/** What a page that is not built into one script has of its own. */
export interface ModuleChecker {
  /** Starts the page's own module worker. */
  readonly createWorker?: () => Worker;
  /** The search for the page's own thread. */
  readonly loadServer?: () => Promise<{ readonly serveChecks: ServeChecks }>;
}

/** What the search script leaves in a page: its own text, to start a worker from, and the search itself. */
interface CheckerScript {
  readonly text: string;
  readonly serveChecks: ServeChecks;
}

/** The global under which the search script registers. */
declare global {
  var vfioPlaygroundSearch: CheckerScript | undefined;
}

/** Half a frame: on the page's own thread the stage must go on. */
const MAIN_THREAD_SLICE_MS = 8;

/**
 * The ways to run checks in a page, best first; hand them to `makeCheckClient`, which takes the first that works:
 * the page's own worker or a classic one by its URL; where a sandbox without an origin forbids that, a classic worker from the
 * script's text (a blob); where a policy forbids that too, the page's own thread in slices.
 *
 * The build writes the search as one classic script and names it in the page, `<meta name="search-script" content="./assets/…">`.
 * As a worker it serves checks; as `<script src>`, which works where fetch and import() do not, it registers its text.
 * It is loaded when a check first needs it. A page without the tag (a dev server's) has only what `own` gives.
 */
export function workerFactories(page: Document, own: ModuleChecker = {}): readonly WorkerFactory[] {
  const address = page.querySelector<HTMLMetaElement>('meta[name="search-script"]')?.content;
  const url = address === undefined ? undefined : new URL(address, page.baseURI).href;
  let loading: Promise<CheckerScript> | undefined;
  const script = (): Promise<CheckerScript> => (loading ??= loadCheckerScript(page, url));
  const byUrl = own.createWorker ?? (url === undefined ? undefined : () => new Worker(url));
  const known = url !== undefined || globalThis.vfioPlaygroundSearch !== undefined;
  return [
    ...(byUrl ? [{ thread: 'worker', create: byUrl } as const] : []),
    ...(known
      ? [{ thread: 'worker', create: async () => workerFromText((await script()).text) } as const]
      : []),
    ...(known || own.loadServer
      ? [
          {
            thread: 'page',
            create: async () => mainThreadWorker((await (own.loadServer ?? script)()).serveChecks),
          } as const,
        ]
      : []),
  ];
}

function workerFromText(text: string): Worker {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  try {
    return new Worker(address);
  } finally {
    // The worker has its script by the time that it is heard of; the page needs the address no longer than that.
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }
}

function loadCheckerScript(page: Document, url: string | undefined): Promise<CheckerScript> {
  const { vfioPlaygroundSearch: there } = globalThis;
  if (there || url === undefined)
    return there
      ? Promise.resolve(there)
      : Promise.reject(new Error('this page has no search script'));
  return new Promise((resolve, reject) => {
    const element = page.createElement('script');
    element.src = url;
    element.addEventListener('load', () => {
      const { vfioPlaygroundSearch: registered } = globalThis;
      if (registered) resolve(registered);
      else reject(new Error('the search script did not register'));
    });
    element.addEventListener('error', () =>
      reject(new Error('the search script could not be loaded')),
    );
    page.head.append(element);
  });
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
