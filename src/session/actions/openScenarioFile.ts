import { MAX_SCENARIO_CHARACTERS, parseScenario } from '../../scenario/format/parseScenario';
import { scenarioInSvg } from '../../scenario/format/svgScenario';
import { openDesignText } from './editDesign';
import { isKernelTrace, MAX_TRACE_CHARACTERS } from '../../scenario/kernelTrace/readKernelTrace';
import type { Session } from '../store/session';
import { openKernelTrace, refuseKernelTrace } from './openKernelTrace';
import { notifyNotOpened, showScenario } from './showScenario';

/** UTF-8 takes at most this many bytes per character. */
const MAX_BYTES_PER_CHARACTER = 4;

/** Shows a scenario file, an SVG with an embedded scenario, or a design as text (`.design`), or a recorded trace. A file with errors tells the user and changes nothing. */
export function openScenarioText(session: Session, fileName: string, text: string): void {
  if (fileName.endsWith('.design')) return openDesignText(session, fileName, text);
  if (isKernelTrace(text)) return openKernelTrace(session, fileName, text);
  const parsed = parseScenario(scenarioInSvg(text) ?? text);
  if (parsed.ok) showScenario(session, parsed.scenario, undefined);
  else notifyNotOpened(session, fileName, parsed.errors);
}

/** Shows a file that the user picked or dropped. */
export async function openScenarioFile(session: Session, file: File): Promise<void> {
  const isTrace = isKernelTrace(
    await file
      .slice(0, 4096)
      .text()
      .catch(() => ''),
  );
  const limit = isTrace ? MAX_TRACE_CHARACTERS : MAX_SCENARIO_CHARACTERS;
  const refuse = isTrace ? refuseKernelTrace : notifyNotOpened;
  if (file.size > limit * MAX_BYTES_PER_CHARACTER) {
    const megabytes = (file.size / 1_000_000).toLocaleString('en-US', { maximumFractionDigits: 1 });
    return refuse(session, file.name, [
      {
        path: '$',
        message: `expected a ${isTrace ? 'trace' : 'scenario'} of at most ${limit} characters, got ${megabytes} MB`,
      },
    ]);
  }
  let text: string;
  try {
    text = await file.text();
  } catch (error) {
    return refuse(session, file.name, [
      { path: '$', message: `the file could not be read: ${String(error)}` },
    ]);
  }
  openScenarioText(session, file.name, text);
}
