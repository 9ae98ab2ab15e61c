import { designById, DESIGNS } from '../../designs/designs';
import type { Options } from '../../kernel/language/design';
import {
  builtInScenario,
  isVariantOf,
  scenarioVariant,
} from '../../scenario/library/builtInScenario';
import { portToDesign } from '../../scenario/format/portToDesign';
import type { Scenario } from '../../scenario/format/scenario';
import { commit } from '../store/undo';
import { notify } from '../store/notifications';
import { openScenario } from '../trace/openScenario';
import { rebaseOnDesign } from '../trace/rebaseOnDesign';
import type { Session } from '../store/session';
import { pathTo } from '../trace/traceTree';
import { pause } from './playback';
import { currentBranch, type Run } from '../trace/run';

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
