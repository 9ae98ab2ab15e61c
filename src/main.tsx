import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { addressOf, sessionAt } from './session/permalinkAddress';
import { App } from './ui/App.tsx';
import { keepOffline } from './ui/keepOffline';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App session={sessionAt(addressOf(window))} startWorker={() => new Worker(new URL('./explore.worker.ts', import.meta.url), { type: 'module' })} />
  </StrictMode>,
);
if (import.meta.env.PROD) keepOffline(window);
