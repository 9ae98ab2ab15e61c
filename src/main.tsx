import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { opening } from './session/onDemand';
import { addressOf } from './session/address';
import type { OwnSearch } from './session/checkStarters';
import { startSession } from './session/start';
import { App } from './ui/App.tsx';
import { keepOffline } from './ui/keepOffline';
import { loadLateParts } from './ui/late';
import { onceIdle } from './ui/onceIdle';

/** The search that a page made of modules brings along; one that is a single script has it beside. */
const search: OwnSearch = {
  worker: () => new Worker(new URL('./explore.worker.ts', import.meta.url), { type: 'module' }),
  protocol: () => import('./session/checkProtocol'),
};

const found = document.getElementById('root');
if (!found) throw new Error('index.html has no #root');
const root = found;

async function show(): Promise<void> {
  root.dataset['loading'] = '';
  const { session, follow } = await startSession(addressOf(window));
  delete root.dataset['loading'];
  createRoot(root).render(
    <StrictMode>
      <App session={session} search={search} />
    </StrictMode>,
  );
  onceIdle(window, () => {
    follow();
    void opening.load();
    loadLateParts();
    if (import.meta.env.PROD) keepOffline(window);
  });
}

show().catch((error: unknown) => {
  console.error(error);
  delete root.dataset['loading'];
  root.role = 'alert';
  const again = document.createElement('button');
  again.textContent = 'Load it again';
  again.addEventListener('click', () => location.reload());
  root.replaceChildren('The playground could not be loaded. Is the network there? ', again);
});
