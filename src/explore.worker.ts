import { serveChecks } from './check-worker/serveChecks';
import type { WorkerRequest } from './check-worker/serveChecks';

const receive = serveChecks((message) => postMessage(message));
addEventListener('message', ({ data }: MessageEvent<WorkerRequest>) => receive(data));
