import type { CheckRequest } from '../explore/checkRequest';
import type { CheckResult } from '../explore/checkResult';
import type { CheckProgress } from './runCheckInSlices';

/** The part of the Worker interface that the client uses. */
export type WorkerLike = Pick<Worker, 'postMessage' | 'terminate' | 'addEventListener'>;

/** From the page to the worker. The worker runs one check at a time; a new check cancels the running one. */
export type WorkerRequest =
  | { readonly type: 'check'; readonly id: number; readonly request: CheckRequest }
  | { readonly type: 'cancel'; readonly id: number };

/** From the worker to the page. `ready` comes once, when the worker's script has loaded. */
export type WorkerResponse =
  | { readonly type: 'ready' }
  | { readonly type: 'progress'; readonly id: number; readonly progress: CheckProgress }
  | { readonly type: 'done'; readonly id: number; readonly result: CheckResult }
  | { readonly type: 'failed'; readonly id: number; readonly message: string };
