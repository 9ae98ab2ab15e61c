import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { libraryPart } from './session/actions/lazyParts';
import { addressBarOf } from './session/url/addressBar';
import type { ModuleChecker } from './check-worker/workerFactories';
import { startSession } from './session/url/startSession';
import { App } from './ui/shell/App.tsx';
import { registerServiceWorker } from './ui/shell/registerServiceWorker';
import { preloadLazyParts } from './ui/lazyPart';
import { afterIdleSignal } from './ui/afterIdleSignal';

/** The search that a page made of modules brings along; one that is a single script has it beside. */
const checkWorker: ModuleChecker = {
  createWorker: () =>
    new Worker(new URL('./explore.worker.ts', import.meta.url), { type: 'module' }),
  loadServer: () => import('./check-worker/serveChecks'),
};

const rootElement = document.getElementById('root');
if (!rootElement) throw new Error('index.html has no #root');
const root = rootElement;

async function startApp(): Promise<void> {
  root.dataset['loading'] = '';
  const { session, startUrlSync: follow } = await startSession(addressBarOf(window));
  delete root.dataset['loading'];
  createRoot(root).render(
    <StrictMode>
      <App session={session} checkWorker={checkWorker} />
    </StrictMode>,
  );
  afterIdleSignal(window, () => {
    follow();
    void libraryPart.load();
    preloadLazyParts();
    if (import.meta.env.PROD) registerServiceWorker(window);
  });
}

startApp().catch((error: unknown) => {
  console.error(error);
  delete root.dataset['loading'];
  root.role = 'alert';
  const again = document.createElement('button');
  again.textContent = 'Load it again';
  again.addEventListener('click', () => location.reload());
  root.replaceChildren('The playground could not be loaded. Is the network there? ', again);
});
