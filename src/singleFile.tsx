import { startApp } from './ui/shell/startApp';

// A page from file:// may start a worker from a blob only.
startApp(async () => {
  const { default: CheckWorker } = await import('./explore.worker.ts?worker&inline');
  return new CheckWorker();
});
