import type { CheckRequest } from '../explore/checkRequest';
import type { CheckResult } from '../explore/checkResult';
import { runCheckInSlices, eventLoopPause } from './runCheckInSlices';
import type { CheckProgress } from './runCheckInSlices';
import { checkErrorText } from './checkErrorText';

/** What the page asks of a worker. One check at a time; a new one ends the old. */
export type WorkerRequest =
  | { readonly type: 'check'; readonly id: number; readonly request: CheckRequest }
  | { readonly type: 'cancel'; readonly id: number };

/** What a worker says. `ready` once, when its script has loaded. */
export type WorkerResponse =
  | { readonly type: 'ready' }
  | { readonly type: 'progress'; readonly id: number; readonly progress: CheckProgress }
  | { readonly type: 'done'; readonly id: number; readonly result: CheckResult }
  | { readonly type: 'failed'; readonly id: number; readonly message: string };

/** The worker's side: call `receive` with every message. Between slices of `sliceMs` the thread is free. */
export function serveChecks(
  post: (message: WorkerResponse) => void,
  sliceMs = 16,
): (message: WorkerRequest) => void {
  let current = 0;
  const cancelled = new Set<number>();
  const check = async (id: number, request: CheckRequest): Promise<void> => {
    const { pause, close } = eventLoopPause();
    try {
      const result = await runCheckInSlices(request, {
        sliceMs,
        pause,
        now: () => performance.now(),
        cancelled: () => cancelled.has(id) || id !== current,
        onProgress: (news) => post({ type: 'progress', id, progress: news }),
      });
      post({ type: 'done', id, result });
    } catch (error) {
      post({ type: 'failed', id, message: checkErrorText(error) });
    } finally {
      close();
    }
  };
  post({ type: 'ready' });
  return (message) => {
    if (message.type === 'cancel') cancelled.add(message.id);
    else {
      current = message.id;
      void check(message.id, message.request);
    }
  };
}
