import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { frameAddressBarOf } from './session/url/addressBar';
import { setPageLayout } from './session/actions/pageLayout';
import { parseEmbedParameters } from './host/parseEmbedParameters';
import { loadForAddress, loadingAddressBar } from './host/embedLoader';
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
const errorMessage = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** Shows the playground that the address asks for. */
async function openEmbed(): Promise<void> {
  const address = frameAddressBarOf(window);
  await loadForAddress(address);
  const session = sessionFromUrl(
    loadingAddressBar(address, (error) =>
      notify(session, 'error', 'The link was not opened. The session is unchanged.', [
        errorMessage(error),
      ]),
    ),
  );
  const { theme, step, speed, errors: problems } = parameters;
  changeSettings(session, { theme, ...(speed === undefined ? {} : { speed }) });
  if (step !== undefined) seekTo(session, step);
  if (parameters.view === 'compare') setPageLayout(session, { view: 'compare' });
  if (problems.length > 0)
    notify(session, 'error', 'The address of this embed says what cannot be used.', problems);
  const port = startPortAdapter(session, window);
  createRoot(root).render(
    <StrictMode>
      <Embed
        session={session}
        parameters={parameters}
        port={port}
        playgroundUrl={new URL('index.html', location.href).href}
      />
    </StrictMode>,
  );
}

onLoadTrigger(root, parameters.load, () => {
  openEmbed().catch((error: unknown) =>
    root.append(`The VFIO playground could not be loaded: ${errorMessage(error)}`),
  );
});
