import type { CheckRequest } from '../explore/checkRequest';
import type { Explanation, ExplainFailure } from '../explore/explain/decidingSteps';
import type { ExplainRequest, RemovalsRequest } from '../explore/explain/explainRequest';
import type { CheckResult } from '../explore/checkResult';
import type { CheckProgress } from './runCheckInSlices';

/** The part of the Worker interface that the client uses. */
export type WorkerLike = Pick<Worker, 'postMessage' | 'terminate' | 'addEventListener'>;

/** From the page to the worker. The worker runs one check at a time; a new check cancels the running one. */
export type WorkerRequest =
  (WorkerWork & { readonly id: number }) | { readonly type: 'cancel'; readonly id: number };

/** A request without its number. */
export type WorkerWork =
  | { readonly type: 'check'; readonly request: CheckRequest }
  | { readonly type: 'explain'; readonly request: ExplainRequest }
  | { readonly type: 'removals'; readonly request: RemovalsRequest };

/** The answer to each kind of request. */
export type WorkerResult = CheckResult | Explanation | ExplainFailure | readonly string[];

/** From the worker to the page. `ready` comes once, when the worker's script has loaded. */
export type WorkerResponse =
  | { readonly type: 'ready' }
  | { readonly type: 'progress'; readonly id: number; readonly progress: CheckProgress }
  | { readonly type: 'done'; readonly id: number; readonly result: WorkerResult }
  /** Cancelled before there was a result. */
  | { readonly type: 'stopped'; readonly id: number }
  | { readonly type: 'failed'; readonly id: number; readonly message: string };
