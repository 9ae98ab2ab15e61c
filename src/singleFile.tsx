import { startApp } from './ui/shell/startApp';

// A page from file:// may start workers only from a blob.
startApp(async () => {
  const { default: CheckWorker } = await import('./explore.worker.ts?worker&inline');
  return new CheckWorker();
});
