import { MAX_SCENARIO_CHARACTERS, parseScenario } from '../../scenario/format/parseScenario';
import { scenarioInSvg } from '../../scenario/format/svgScenario';
import type { Session } from '../store/session';
import { showScenario, notifyNotOpened } from './showScenario';

/** Shows a scenario file, or an SVG that carries one; tells what is wrong with one that is broken, and changes nothing then. */
export function openScenarioText(session: Session, fileName: string, text: string): void {
  const parsed = parseScenario(scenarioInSvg(text) ?? text);
  if (parsed.ok) showScenario(session, parsed.scenario, undefined);
  else notifyNotOpened(session, fileName, parsed.errors);
}

/** Shows a file that the user picked or dropped. */
export async function openScenarioFile(session: Session, file: File): Promise<void> {
  if (file.size > MAX_SCENARIO_CHARACTERS * 4) {
    const megabytes = (file.size / 1_000_000).toLocaleString('en-US', { maximumFractionDigits: 1 });
    return notifyNotOpened(session, file.name, [
      {
        path: '$',
        message: `expected a scenario of at most ${MAX_SCENARIO_CHARACTERS} characters, got ${megabytes} MB`,
      },
    ]);
  }
  try {
    openScenarioText(session, file.name, await file.text());
  } catch (error) {
    notifyNotOpened(session, file.name, [
      { path: '$', message: `the file could not be read: ${String(error)}` },
    ]);
  }
}
