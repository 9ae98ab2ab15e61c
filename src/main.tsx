import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { opening } from './session/onDemand';
import { addressOf } from './session/address';
import { startSession } from './session/start';
import { App } from './ui/App.tsx';
import { keepOffline } from './ui/keepOffline';
import { onceIdle } from './ui/onceIdle';

const found = document.getElementById('root');
if (!found) throw new Error('index.html has no #root');
const root = found;

async function show(): Promise<void> {
  root.dataset['loading'] = '';
  const { session, follow } = await startSession(addressOf(window));
  delete root.dataset['loading'];
  createRoot(root).render(
    <StrictMode>
      <App session={session} startWorker={() => new Worker(new URL('./explore.worker.ts', import.meta.url), { type: 'module' })} />
    </StrictMode>,
  );
  onceIdle(window, () => {
    follow();
    void opening.load();
    if (import.meta.env.PROD) keepOffline(window);
  });
}

void show();
