import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { frameAddressOf } from './session/address';
import { arrange } from './session/arrange';
import { parseParameters } from './session/embedParameters';
import { loadForAddress, loadingAddress } from './session/embedParts';
import { listenToHost } from './session/embedPort';
import { tell } from './session/messages';
import { seek } from './session/moves';
import { sessionAt } from './session/permalinkAddress';
import { change } from './session/transport';
import { Embed } from './ui/embed/Embed';
import { whenWanted } from './ui/embed/whenWanted';
import './ui/tokens.css';

const found = document.getElementById('root');
if (!found) throw new Error('embed.html has no #root');
const root = found;
const parameters = parseParameters(location.search);
const why = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Shows the playground that the address asks for. */
async function open(): Promise<void> {
  const address = frameAddressOf(window);
  await loadForAddress(address);
  const session = sessionAt(
    loadingAddress(address, (error) =>
      tell(session, 'error', 'The link was not opened. The session is unchanged.', [why(error)]),
    ),
  );
  const { theme, step, speed, problems } = parameters;
  change(session, { theme, ...(speed === undefined ? {} : { speed }) });
  if (step !== undefined) seek(session, step);
  if (parameters.view === 'compare') arrange(session, { view: 'compare' });
  if (problems.length > 0)
    tell(session, 'error', 'The address of this embed says what cannot be used.', problems);
  const port = listenToHost(session, window);
  createRoot(root).render(
    <StrictMode>
      <Embed
        session={session}
        parameters={parameters}
        port={port}
        home={new URL('index.html', location.href).href}
      />
    </StrictMode>,
  );
}

whenWanted(root, parameters.load, () => {
  open().catch((error: unknown) =>
    root.append(`The VFIO playground could not be loaded: ${why(error)}`),
  );
});
