import { designById, DESIGNS } from '../designs/index';
import type { Options } from '../kernel/design';
import { builtIn, isTelling, retell, type BuiltIn } from '../scenario/builtIn';
import { makeScenario } from '../scenario/make';
import { MOST_CHARACTERS, parseScenario } from '../scenario/parse';
import { scenarioInSvg } from '../scenario/svgScenario';
import { redesign } from '../scenario/redesign';
import type { InputError, Scenario } from '../scenario/scenario';
import { branchMoments, currentFrame } from './frame';
import { commit } from './history';
import { tell } from './messages';
import { openScenario, showOpened } from './openScenario';
import { replayUnder } from './replayUnder';
import { currentBranch, type Run, type Session } from './session';
import { pathTo } from './trail';
import { pause } from './transport';

/** Shows a scenario; the session before stays one undo away. */
export function showScenario(session: Session, scenario: Scenario, id: string | undefined): void {
  const opened = openScenario(scenario, id);
  if (!opened.ok) return refuse(session, scenario.title, opened.errors);
  showOpened(session, opened.run);
}

/** Shows a built-in scenario, in the design on screen where it is told there. */
export function showEntry(session: Session, entry: BuiltIn): void {
  const { design } = session.getState().run.setup;
  const told = entry.designs.includes(design.id) ? retell(entry, design.id, {}) : undefined;
  showScenario(session, told?.ok ? told.scenario : entry.scenario, entry.id);
}

/** Shows a scenario file, or an SVG that carries one; tells what is wrong with one that is broken, and changes nothing then. */
export function openText(session: Session, fileName: string, text: string): void {
  const parsed = parseScenario(scenarioInSvg(text) ?? text);
  if (parsed.ok) showScenario(session, parsed.scenario, undefined);
  else refuse(session, fileName, parsed.errors);
}

/** Shows a file that the user picked or dropped. */
export async function openFile(session: Session, file: File): Promise<void> {
  if (file.size > MOST_CHARACTERS * 4) {
    const megabytes = (file.size / 1_000_000).toLocaleString('en-US', { maximumFractionDigits: 1 });
    return refuse(session, file.name, [
      {
        path: '$',
        message: `${megabytes} MB stood here; accepted: a scenario of at most ${MOST_CHARACTERS} characters`,
      },
    ]);
  }
  try {
    openText(session, file.name, await file.text());
  } catch (error) {
    refuse(session, file.name, [
      { path: '$', message: `the file could not be read: ${String(error)}` },
    ]);
  }
}

function refuse(session: Session, name: string, errors: readonly InputError[]): void {
  tell(
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
    return tell(session, 'error', `There is no design ${JSON.stringify(id)}.`, [
      `Designs: ${DESIGNS.map((each) => each.id).join(', ')}`,
    ]);
  if (id === scenario.design) return;
  const options = Object.fromEntries(
    Object.entries(scenario.options).filter(([key, value]) =>
      design.options.some((option) => option.id === key && option.values.includes(value)),
    ),
  );
  underOther(
    session,
    toldIn(session, id, {}) ?? { ...scenario, design: id, options, beats: [] },
    `switch to ${design.title}`,
  );
}

/** Plays the same calls with one option of the design changed. */
export function setOption(session: Session, option: string, value: string): void {
  const { scenario, design } = session.getState().run.setup;
  const known = design.options.find((each) => each.id === option);
  if (!known?.values.includes(value))
    return tell(session, 'error', `${design.title} has no option ${option}=${value}.`);
  const options = { ...scenario.options, [option]: value };
  underOther(
    session,
    toldIn(session, design.id, options) ?? { ...scenario, options },
    `${known.title}: ${value}`,
  );
}

/** The built-in scenario on screen as it is told in a design, where its calls are unchanged. */
function toldIn(session: Session, design: string, options: Options): Scenario | undefined {
  const { id, scenario } = session.getState().run.setup;
  const entry = id === undefined ? undefined : builtIn(id);
  const told = entry && isTelling(entry, scenario) ? retell(entry, design, options) : undefined;
  return told?.ok ? told.scenario : undefined;
}

/** The calls of a scenario in another design, as the library tells them there where it does; a text where they cannot be made there. */
export function scenarioIn(
  session: Session,
  design: string,
  scenario: Scenario,
): Scenario | string {
  const untouched = scenario.calls.length === session.getState().run.setup.scenario.calls.length;
  const told = untouched
    ? toldIn(session, design, design === scenario.design ? scenario.options : {})
    : undefined;
  if (told) return told;
  const made = redesign(scenario, design, {});
  return made.ok
    ? made.scenario
    : made.errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
}

function underOther(session: Session, scenario: Scenario, did: string): void {
  pause(session);
  const { run } = session.getState();
  const design = designById(scenario.design);
  if (!design) throw new Error(`no design ${scenario.design}`);
  commit(
    session,
    asRecorded(run, scenario) ?? replayUnder(run, { scenario, id: run.setup.id, design }),
    did,
    `Now under ${design.title}`,
  );
}

/** The scenario's own schedule under the other design, where nobody has left it and the design can follow it. */
function asRecorded(run: Run, scenario: Scenario): Run | undefined {
  const untouched =
    run.branches.length === 1 &&
    pathTo(currentBranch(run).tip).every(({ move }) => move?.kind !== 'issue');
  const opened = untouched ? openScenario(scenario, run.setup.id) : undefined;
  if (!opened?.ok) return undefined;
  const end = currentBranch(opened.run).tip.depth;
  return {
    ...opened.run,
    cursor: run.cursor === currentBranch(run).tip.depth ? end : Math.min(run.cursor, end),
  };
}

/** What is on screen up to the cursor, as a scenario file. */
export function exportScenario(session: Session): string {
  const state = session.getState();
  const { program } = currentFrame(state);
  const steps = branchMoments(state)
    .slice(0, state.run.cursor + 1)
    .flatMap(({ move }) => (move?.kind === 'step' ? [move.task] : []));
  const { expect: _dropped, ...scenario } = state.run.setup.scenario;
  return makeScenario({
    ...scenario,
    expect: undefined,
    calls: program.calls.map(({ call }) => call),
    schedule: runLengths(steps),
  });
}

function runLengths(tasks: readonly string[]): Scenario['schedule'] {
  const runs: { task: string; count: number }[] = [];
  for (const task of tasks) {
    const last = runs.at(-1);
    if (last?.task === task) last.count += 1;
    else runs.push({ task, count: 1 });
  }
  return runs.map(({ task, count }) => (count === 1 ? task : `${task}*${count}`));
}
