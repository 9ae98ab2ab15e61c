import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { LIBRARY } from './scenario/library';
import { openScenario } from './session/open';
import { createSession } from './session/session';
import { App } from './ui/App.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
const first = LIBRARY.map(({ id, scenario }) => openScenario(scenario, id)).find((opened) => opened.ok);
if (!first?.ok) throw new Error('no built-in scenario opens');
createRoot(root).render(
  <StrictMode>
    <App session={createSession(first.run.setup, first.run)} />
  </StrictMode>,
);
