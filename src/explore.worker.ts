import { serveChecks } from './session/checkProtocol';
import type { ToWorker } from './session/checkProtocol';

const receive = serveChecks((message) => postMessage(message));
addEventListener('message', ({ data }: MessageEvent<ToWorker>) => receive(data));
