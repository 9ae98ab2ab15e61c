import { designById, DESIGNS } from '../../designs/designs';
import type { Options } from '../../kernel/language/design';
import {
  builtInScenario,
  isVariantOf,
  scenarioVariant,
  type BuiltInScenario,
} from '../../scenario/library/builtInScenario';
import { makeScenario } from '../../scenario/format/makeScenario';
import { MAX_SCENARIO_CHARACTERS, parseScenario } from '../../scenario/format/parseScenario';
import { scenarioInSvg } from '../../scenario/format/svgScenario';
import { portToDesign } from '../../scenario/format/portToDesign';
import type { InputError, Scenario } from '../../scenario/format/scenario';
import { branchPath, currentSnapshot } from '../trace/replay';
import { commit } from '../store/undo';
import { notify } from '../store/notifications';
import { openScenario, showRun } from '../trace/openScenario';
import { rebaseOnDesign } from '../trace/rebaseOnDesign';
import { currentBranch, type Run, type Session } from '../store/session';
import { pathTo } from '../trace/traceTree';
import { pause } from './playback';

/** Shows a scenario; the session before stays one undo away. */
export function showScenario(session: Session, scenario: Scenario, id: string | undefined): void {
  const opened = openScenario(scenario, id);
  if (!opened.ok) return notifyNotOpened(session, scenario.title, opened.errors);
  showRun(session, opened.run);
}

/** Shows a built-in scenario, in the design on screen where it is told there. */
export function showLibraryScenario(session: Session, entry: BuiltInScenario): void {
  const { design } = session.getState().run.setup;
  const told = entry.designs.includes(design.id)
    ? scenarioVariant(entry, design.id, {})
    : undefined;
  showScenario(session, told?.ok ? told.scenario : entry.scenario, entry.id);
}

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
        message: `${megabytes} MB stood here; accepted: a scenario of at most ${MAX_SCENARIO_CHARACTERS} characters`,
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

function notifyNotOpened(session: Session, name: string, errors: readonly InputError[]): void {
  notify(
    session,
    'error',
    `${name} was not opened. The session is unchanged.`,
    errors.map(({ path, message }) => `${path}: ${message}`),
    'library',
  );
}

/** Plays the same calls under another design, as far as its options carry over. */
export function switchDesign(session: Session, id: string): void {
  const { scenario } = session.getState().run.setup;
  const design = designById(id);
  if (!design)
    return notify(session, 'error', `There is no design ${JSON.stringify(id)}.`, [
      `Designs: ${DESIGNS.map((each) => each.id).join(', ')}`,
    ]);
  if (id === scenario.design) return;
  const options = Object.fromEntries(
    Object.entries(scenario.options).filter(([key, value]) =>
      design.options.some((option) => option.id === key && option.values.includes(value)),
    ),
  );
  commitRebased(
    session,
    variantFor(session, id, {}) ?? { ...scenario, design: id, options, beats: [] },
    `switch to ${design.title}`,
  );
}

/** Plays the same calls with one option of the design changed. */
export function setOption(session: Session, option: string, value: string): void {
  const { scenario, design } = session.getState().run.setup;
  const known = design.options.find((each) => each.id === option);
  if (!known?.values.includes(value))
    return notify(session, 'error', `${design.title} has no option ${option}=${value}.`);
  const options = { ...scenario.options, [option]: value };
  commitRebased(
    session,
    variantFor(session, design.id, options) ?? { ...scenario, options },
    `${known.title}: ${value}`,
  );
}

/** The built-in scenario on screen as it is told in a design, where its calls are unchanged. */
function variantFor(session: Session, design: string, options: Options): Scenario | undefined {
  const { libraryId: id, scenario } = session.getState().run.setup;
  const entry = id === undefined ? undefined : builtInScenario(id);
  const told =
    entry && isVariantOf(entry, scenario) ? scenarioVariant(entry, design, options) : undefined;
  return told?.ok ? told.scenario : undefined;
}

/** The calls of a scenario in another design, as the library tells them there where it does; a text where they cannot be made there. */
export function scenarioInDesign(
  session: Session,
  design: string,
  scenario: Scenario,
): Scenario | string {
  const untouched = scenario.calls.length === session.getState().run.setup.scenario.calls.length;
  const told = untouched
    ? variantFor(session, design, design === scenario.design ? scenario.options : {})
    : undefined;
  if (told) return told;
  const made = portToDesign(scenario, design, {});
  return made.ok
    ? made.scenario
    : made.errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
}

function commitRebased(session: Session, scenario: Scenario, did: string): void {
  pause(session);
  const { run } = session.getState();
  const design = designById(scenario.design);
  if (!design) throw new Error(`no design ${scenario.design}`);
  commit(
    session,
    recordedRun(run, scenario) ??
      rebaseOnDesign(run, { scenario, libraryId: run.setup.libraryId, design }),
    did,
    `Now under ${design.title}`,
  );
}

/** The scenario's own schedule under the other design, where nobody has left it and the design can follow it. */
function recordedRun(run: Run, scenario: Scenario): Run | undefined {
  const untouched =
    run.branches.length === 1 &&
    pathTo(currentBranch(run).tip).every(({ transition: move }) => move?.kind !== 'issue');
  const opened = untouched ? openScenario(scenario, run.setup.libraryId) : undefined;
  if (!opened?.ok) return undefined;
  const end = currentBranch(opened.run).tip.depth;
  return {
    ...opened.run,
    cursor: run.cursor === currentBranch(run).tip.depth ? end : Math.min(run.cursor, end),
  };
}

/** What is on screen up to the cursor, as a scenario file. */
export function makeSessionScenario(session: Session): string {
  const state = session.getState();
  const { program } = currentSnapshot(state);
  const steps = branchPath(state)
    .slice(0, state.run.cursor + 1)
    .flatMap(({ transition: move }) => (move?.kind === 'step' ? [move.task] : []));
  const { expect: _dropped, ...scenario } = state.run.setup.scenario;
  return makeScenario({
    ...scenario,
    expect: undefined,
    calls: program.calls.map(({ call }) => call),
    schedule: runLengthEncode(steps),
  });
}

function runLengthEncode(tasks: readonly string[]): Scenario['schedule'] {
  const runs: { task: string; count: number }[] = [];
  for (const task of tasks) {
    const last = runs.at(-1);
    if (last?.task === task) last.count += 1;
    else runs.push({ task, count: 1 });
  }
  return runs.map(({ task, count }) => (count === 1 ? task : `${task}*${count}`));
}
