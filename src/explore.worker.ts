import { serveChecks } from './session/checkProtocol';
import type { WorkerRequest } from './session/checkProtocol';

const receive = serveChecks((message) => postMessage(message));
addEventListener('message', ({ data }: MessageEvent<WorkerRequest>) => receive(data));
