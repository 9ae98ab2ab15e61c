import { registerServiceWorker } from './ui/shell/registerServiceWorker';
import { startApp } from './ui/shell/startApp';

startApp(createWorker, import.meta.env.PROD ? () => registerServiceWorker(window) : undefined);

async function createWorker(): Promise<Worker> {
  try {
    return new Worker(new URL('./explore.worker.ts', import.meta.url), { type: 'module' });
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    // A frame without an origin may start workers only from a blob.
    const { default: CheckWorker } = await import('./explore.worker.ts?worker&inline');
    return new CheckWorker();
  }
}
