import { designTitle } from '../../kernel/language/design';
import { DESIGNS, designById } from '../../designs/designs';
import type { Scenario } from '../../scenario/format/scenario';
import { changedDesign } from '../../designs/changedDesign';
import { variantFor } from '../queries/scenarioVariants';
import { notify } from '../store/notifications';
import type { Session } from '../store/session';
import { commit } from '../store/undo';
import { openScenario } from '../trace/openScenario';
import { rebaseOnDesign } from '../trace/rebaseOnDesign';
import { currentBranch, type Run } from '../trace/run';
import { pathTo } from '../trace/traceTree';
import { pause } from './playback';

/** Replays the same calls under another design. Options that the design does not have are dropped. */
export function switchDesign(session: Session, id: string): void {
  const { setup } = session.getState().run;
  const { scenario } = setup;
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
    variantFor(setup, id, {}) ?? { ...scenario, design: id, options, beats: [] },
    `switch to ${design.title}`,
  );
}

/** Replays the same calls with one option of the design changed. */
export function setOption(session: Session, option: string, value: string): void {
  const { setup } = session.getState().run;
  const { scenario, design } = setup;
  const known = design.options.find((each) => each.id === option);
  if (!known?.values.includes(value))
    return notify(session, 'error', `${design.title} has no option ${option}=${value}.`);
  const options = { ...scenario.options, [option]: value };
  commitRebased(
    session,
    variantFor(setup, design.id, options) ?? { ...scenario, options },
    `${known.title}: ${value}`,
  );
}

function commitRebased(session: Session, scenario: Scenario, undoLabel: string): void {
  pause(session);
  const { run } = session.getState();
  const design = designById(scenario.design);
  if (!design) throw new Error(`no design ${scenario.design}`);
  const { mutations } = run.setup;
  const text = scenario.design === run.setup.scenario.design ? mutations : undefined;
  const changed = text && changedDesign(design.id, scenario.options, text);
  if (changed?.ok === false)
    notify(session, 'info', 'The changes of the design were dropped.', [changed.message]);
  commit(
    session,
    changed?.ok
      ? rebaseOnDesign(run, {
          scenario: { ...scenario, beats: [], expect: undefined },
          libraryId: run.setup.libraryId,
          design: changed.design,
          mutations: text ?? [],
        })
      : (recordedRun(run, scenario) ??
          rebaseOnDesign(run, { scenario, libraryId: run.setup.libraryId, design })),
    undoLabel,
    `Switched to ${designTitle(design, scenario.options)}`,
  );
}

/** The scenario's own schedule under the new design, if the user has not left the old one and the design can follow it. */
function recordedRun(run: Run, scenario: Scenario): Run | undefined {
  const { depth } = currentBranch(run).tip;
  const untouched =
    run.branches.length === 1 &&
    pathTo(currentBranch(run).tip).every(({ transition }) => transition?.kind !== 'issue');
  const opened = untouched ? openScenario(scenario, run.setup.libraryId) : undefined;
  if (!opened?.ok) return undefined;
  const end = currentBranch(opened.run).tip.depth;
  return { ...opened.run, cursor: run.cursor === depth ? end : Math.min(run.cursor, end) };
}
