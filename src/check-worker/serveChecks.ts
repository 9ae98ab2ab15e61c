import { explainRequest, unnoticedRemovals } from '../explore/explain/explainRequest';
import { checkErrorText } from './checkErrorText';
import type { WorkerRequest, WorkerResponse } from './protocol';
import {
  eventLoopPause,
  runCheckInSlices,
  runWorkInSlices,
  type SliceOptions,
} from './runCheckInSlices';

/** The worker's side of the protocol. Returns the handler for requests. The thread is free between slices of `sliceMs` milliseconds. */
export function serveChecks(
  post: (response: WorkerResponse) => void,
  sliceMs = 16,
): (request: WorkerRequest) => void {
  let current = 0;
  const cancelled = new Set<number>();
  const answer = async (message: Exclude<WorkerRequest, { type: 'cancel' }>): Promise<void> => {
    const { id } = message;
    const { pause, close } = eventLoopPause();
    try {
      const slices: SliceOptions = {
        sliceMs,
        pause,
        now: () => performance.now(),
        cancelled: () => cancelled.has(id) || id !== current,
        onProgress: (progress) => post({ type: 'progress', id, progress }),
      };
      const result =
        message.type === 'check'
          ? await runCheckInSlices(message.request, slices)
          : message.type === 'explain'
            ? await runWorkInSlices(explainRequest(message.request), slices)
            : await runWorkInSlices(unnoticedRemovals(message.request), slices);
      post(result === undefined ? { type: 'stopped', id } : { type: 'done', id, result });
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
      void answer(message);
    }
  };
}
