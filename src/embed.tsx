import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { frameAddressBarOf } from './session/address';
import { setPageLayout } from './session/arrange';
import { parseEmbedParameters } from './session/embedParameters';
import { loadForAddress, loadingAddressBar } from './session/embedParts';
import { startPortAdapter } from './session/embedPort';
import { notify } from './session/messages';
import { seekTo } from './session/moves';
import { sessionFromUrl } from './session/permalinkAddress';
import { changeSettings } from './session/transport';
import { Embed } from './ui/embed/Embed';
import { onLoadTrigger } from './ui/embed/whenWanted';
import './ui/tokens.css';

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
