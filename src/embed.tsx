import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { frameAddressBarOf } from './session/url/addressBar';
import { setPageLayout } from './session/actions/pageLayout';
import checkWorkerUrl from './explore.worker.ts?worker&url';
import { parseEmbedParameters } from './host/parseEmbedParameters';
import { blobWorker } from './check-worker/workerFactories';
import { startPortAdapter } from './host/portAdapter';
import { notify } from './session/store/notifications';
import { seekTo } from './session/actions/stepping';
import { sessionFromUrl } from './session/url/urlSync';
import { Embed } from './ui/embed/Embed';
import { onLoadTrigger } from './ui/embed/loadTrigger';
import './ui/tokens.css';
import { changeSettings } from './session/actions/settings';

const rootElement = document.getElementById('root');
if (!rootElement) throw new Error('embed.html has no #root');
const root = rootElement;
const parameters = parseEmbedParameters(location.search);

/** Shows the scenario or link of the URL. */
function openEmbed(): void {
  const session = sessionFromUrl(frameAddressBarOf(window));
  const { theme, step, speed, errors } = parameters;
  changeSettings(session, { theme, ...(speed === undefined ? {} : { speed }) });
  if (step !== undefined) seekTo(session, step);
  const { view } = parameters;
  if (view === 'compare' || view === 'verdicts') setPageLayout(session, { view });
  if (errors.length > 0)
    notify(session, 'error', 'Some parameters of this embed were ignored.', errors, {
      lasting: true,
    });
  const port = startPortAdapter(session, window);
  createRoot(root).render(
    <StrictMode>
      <Embed
        session={session}
        parameters={parameters}
        port={port}
        createWorker={() => blobWorker(checkWorkerUrl)}
        playgroundUrl={new URL('index.html', location.href).href}
      />
    </StrictMode>,
  );
}

onLoadTrigger(root, parameters.load, openEmbed);
