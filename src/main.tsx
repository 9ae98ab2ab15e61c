import { blobWorker } from './check-worker/workerFactories';
import checkWorkerUrl from './explore.worker.ts?worker&url';
import { registerServiceWorker } from './ui/shell/registerServiceWorker';
import { startApp } from './ui/shell/startApp';

startApp(createWorker, import.meta.env.PROD ? () => registerServiceWorker(window) : undefined);

function createWorker(): Worker {
  try {
    return new Worker(new URL('./explore.worker.ts', import.meta.url), { type: 'module' });
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return blobWorker(new URL(checkWorkerUrl, location.href).href);
  }
}
