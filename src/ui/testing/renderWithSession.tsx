import type { ReactNode } from 'react';
import { render, type RenderResult } from 'vitest-browser-react';
import { DESIGNS } from '../../designs/designs';
import { registerDesigns } from '../../designs/registry';
import { libraryEntry } from '../../scenario/library/library';
import { createSession, type Session } from '../../session/store/session';
import { openScenario } from '../../session/trace/openScenario';
import { SessionContext } from '../useSession';
import '../tokens.css';

/** Renders a panel alone, on a session that has a library scenario open. */
export async function renderWithSession(
  panel: ReactNode,
  scenarioId: string,
): Promise<RenderResult & { readonly session: Session }> {
  registerDesigns(DESIGNS);
  const entry = libraryEntry(scenarioId);
  if (!entry) throw new Error(`no library scenario ${scenarioId}`);
  const opened = openScenario(entry.scenario, entry.id);
  if (!opened.ok) throw new Error(JSON.stringify(opened.errors));
  const session = createSession(opened.run.setup, opened.run);
  return { ...(await render(<SessionContext value={session}>{panel}</SessionContext>)), session };
}
