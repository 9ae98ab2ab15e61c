import type { WorkerRequest } from './check-worker/protocol';
import { serveChecks } from './check-worker/serveChecks';

const receive = serveChecks((response) => postMessage(response));
addEventListener('message', ({ data }: MessageEvent<WorkerRequest>) => receive(data));
