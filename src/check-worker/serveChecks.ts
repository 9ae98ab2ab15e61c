import type { CheckRequest } from '../explore/checkRequest';
import { checkErrorText } from './checkErrorText';
import type { WorkerRequest, WorkerResponse } from './protocol';
import { eventLoopPause, runCheckInSlices } from './runCheckInSlices';

/** The worker's side of the protocol. Returns the handler for requests. The thread is free between slices of `sliceMs` milliseconds. */
export function serveChecks(
  post: (response: WorkerResponse) => void,
  sliceMs = 16,
): (request: WorkerRequest) => void {
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
        onProgress: (progress) => post({ type: 'progress', id, progress }),
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
