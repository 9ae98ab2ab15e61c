import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import { addressBarOf } from '../../session/url/addressBar';
import type { CreateWorker } from '../../check-worker/workerFactories';
import { present } from '../../session/actions/presentation';
import { libraryPart } from '../../session/actions/lazyParts';
import { startSession } from '../../session/url/startSession';
import { App } from './App';
import { preloadLazyParts } from '../controls/lazyPart';
import { afterIdleSignal } from '../idleSignal';

/** Shows the playground in `#root`; `createWorker` is for checks, `whenIdle` runs once after the first graph is painted. */
export function startApp(createWorker: CreateWorker, whenIdle?: () => void): void {
  const root = document.getElementById('root');
  if (!root) throw new Error('the page has no #root');
  show(root, createWorker, whenIdle).catch((error: unknown) => {
    console.error(error);
    delete root.dataset['loading'];
    root.role = 'alert';
    const reload = document.createElement('button');
    reload.textContent = 'Reload';
    reload.addEventListener('click', () => location.reload());
    root.replaceChildren('The playground could not be loaded. Check your connection. ', reload);
  });
}

async function show(
  root: HTMLElement,
  createWorker: CreateWorker,
  whenIdle: (() => void) | undefined,
): Promise<void> {
  root.dataset['loading'] = '';
  const address = addressBarOf(window);
  const { session, startUrlSync } = await startSession(address);
  const channelId = address.parameter('notes');
  if (channelId !== undefined) {
    const { NotesPage } = await import('../views/present/NotesPage');
    present(session, true);
    delete root.dataset['loading'];
    createRoot(root).render(
      <StrictMode>
        <NotesPage session={session} channelId={channelId} />
      </StrictMode>,
    );
    return;
  }
  delete root.dataset['loading'];
  createRoot(root).render(
    <StrictMode>
      <App session={session} createWorker={createWorker} />
    </StrictMode>,
  );
  afterIdleSignal(() => {
    startUrlSync();
    void libraryPart.load();
    preloadLazyParts();
    whenIdle?.();
  });
}
