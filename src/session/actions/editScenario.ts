import { applyEdit, editLabel, type ScenarioEdit } from '../../scenario/edit/editScenario';
import { makeScenario } from '../../scenario/format/makeScenario';
import { parseScenario } from '../../scenario/format/parseScenario';
import type { InputError, Scenario } from '../../scenario/format/scenario';
import { assignCaptions } from '../../scenario/run/captions';
import { draftKey } from '../queries/designDraft';
import { editedScenario, scenarioOfRun } from '../queries/editedScenario';
import { selectionEdits } from '../queries/offeredEdits';
import { notify } from '../store/notifications';
import type { Session } from '../store/session';
import { amendLast, commit } from '../store/undo';
import { openScenario, type OpenedScenario } from '../trace/openScenario';
import { branchPath, snapshotAt } from '../trace/replay';
import { currentBranch, type Run } from '../trace/run';
import { enabledTasks } from '../trace/scheduler';
import type { TraceNode } from '../trace/traceTree';
import { setPageLayout } from './pageLayout';
import { pause } from './playback';

const TEXT_EDIT_LABEL = 'edit of the scenario text';

/** Applies one edit as one undoable change. An edit that would make the scenario invalid changes nothing and notifies the user. */
export function editScenario(session: Session, edit: ScenarioEdit): void {
  const label = editLabel(edit);
  const next = applyEdit(editedScenario(session.getState()), edit);
  const parsed = parseScenario(makeScenario(next));
  if (parsed.ok) showEdited(session, parsed.scenario, label);
  else if (
    edit.kind.startsWith('rename-') ||
    (edit.kind === 'change-device' && 'name' in edit.change)
  )
    // The reader knows the field: its path in the file would say less.
    notify(session, 'error', 'The name is unchanged.', [parsed.errors[0]?.message ?? '']);
  else notifyRefused(session, parsed.errors);
}

/** Removes what is selected: a process or thread, a device, a group, a device set, or the call that opened a file. */
export function removeSelected(session: Session): void {
  const removal = selectionEdits(session.getState())?.removal;
  if (removal) editScenario(session, removal.edit);
  else
    notify(session, 'info', 'Nothing was removed.', [
      'Select a process, a file, a device, a group or a shared device set on the stage.',
    ]);
}

/** Starts an empty scenario in the design on screen. */
export function newScenario(session: Session): void {
  const { design, options } = session.getState().run.setup.scenario;
  showEdited(
    session,
    {
      title: 'New scenario',
      about: '',
      design,
      options,
      world: { devices: [], processes: [] },
      calls: [],
      schedule: 'sequential',
      beats: [],
      expect: undefined,
    },
    'new scenario',
  );
  setPageLayout(session, { view: 'stage', sidePanel: 'scenario', narrowPanel: 'source' });
}

/** Puts the run up to the cursor on screen as a scenario. */
export function keepRun(session: Session): void {
  const parsed = parseScenario(makeScenario(scenarioOfRun(session.getState())));
  if (!parsed.ok) return notifyRefused(session, parsed.errors);
  showEdited(session, parsed.scenario, 'run kept as a scenario');
  setPageLayout(session, { view: 'stage', sidePanel: 'scenario', narrowPanel: 'source' });
}

/** Keeps a text of the scenario editor, and shows the scenario if the text is valid. Edits of the text in a row are one change. */
export function editScenarioText(session: Session, text: string): void {
  const state = session.getState();
  const parsed = parseScenario(text);
  if (parsed.ok && makeScenario(parsed.scenario) !== makeScenario(editedScenario(state)))
    showEdited(session, parsed.scenario, TEXT_EDIT_LABEL);
  session.setState((now) => ({ scenarioDraft: { of: editedScenario(now), text } }));
}

/** Writes, changes or, with an empty text, removes the caption of the step at the cursor. */
export function writeCaption(session: Session, say: string): void {
  const state = session.getState();
  const path = branchPath(state);
  const { beats } = editedScenario(state);
  const shown = captionIndices(path, beats);
  const known = shown[state.run.cursor];
  if (known !== undefined)
    return editScenario(
      session,
      say === ''
        ? { kind: 'remove-caption', index: known }
        : { kind: 'change-caption', index: known, say },
    );
  const { program, task, step } = snapshotAt(path[state.run.cursor]!);
  const by = program.tasks[task ?? -1]?.name;
  if (say === '') return;
  if (!step || by === undefined)
    return notify(session, 'error', 'Only a step can have a caption.', [
      'Go to a step of the run.',
    ]);
  const later = shown.findIndex((index, depth) => depth > state.run.cursor && index !== undefined);
  const caption = { at: step.id, by, say };
  const at = shown[later] ?? beats.length;
  const after = captionIndices(path, beats.toSpliced(at, 0, caption));
  const isShown = shown.every((index, depth) =>
    depth === state.run.cursor
      ? after[depth] === at
      : after[depth] === (index === undefined || index < at ? index : index + 1),
  );
  if (!isShown)
    return notify(session, 'error', 'This step cannot have a caption yet.', [
      `${by} runs ${step.id} earlier too, and a caption belongs to the first time after the caption before it. Write a caption there first.`,
    ]);
  editScenario(session, { kind: 'add-caption', at, caption });
}

/** The index of the caption of each depth of a path. */
function captionIndices(
  path: readonly TraceNode[],
  beats: Scenario['beats'],
): readonly (number | undefined)[] {
  const steps = path.map((node) => {
    const { program, task, step } = snapshotAt(node);
    return { by: program.tasks[task ?? -1]?.name, at: step?.id };
  });
  return assignCaptions(beats, steps).map((caption) =>
    caption === undefined ? undefined : beats.indexOf(caption),
  );
}

/** Shows an edited scenario. It keeps the cursor at its step, or at the end if it was there. */
function showEdited(session: Session, scenario: Scenario, undoLabel: string): void {
  const { run, undo, redo } = session.getState();
  const { opened, problem } = openEdited(run, scenario);
  if (!opened.ok) return notifyRefused(session, opened.errors);
  pause(session);
  const edited = { ...opened.run, cursor: cursorAfterEdit(run, opened.run) };
  const announcement = `${undoLabel.slice(0, 1).toUpperCase()}${undoLabel.slice(1)}`;
  const continues =
    undoLabel === TEXT_EDIT_LABEL &&
    undo.at(-1)?.undoLabel === TEXT_EDIT_LABEL &&
    redo.length === 0;
  if (continues) amendLast(session, edited, announcement);
  else commit(session, edited, undoLabel, announcement);
  if (problem)
    notify(session, 'info', 'The schedule does not fit any more. The calls run in their order.', [
      `${problem.path}: ${problem.message}`,
    ]);
}

/** The edited scenario in the design on screen, sequentially if it cannot follow its schedule; `problem` says why not. */
function openEdited(
  { setup }: Run,
  scenario: Scenario,
): { readonly opened: OpenedScenario; readonly problem?: InputError | undefined } {
  const changed =
    setup.mutations && draftKey(setup) === draftKey({ scenario }) ? setup.design : undefined;
  const open = (wanted: Scenario): OpenedScenario =>
    openScenario(wanted, undefined, changed, { isEdited: true });
  const opened = open(scenario);
  if (opened.ok || scenario.schedule === 'sequential') return { opened };
  return { opened: open({ ...scenario, schedule: 'sequential' }), problem: opened.errors[0] };
}

function cursorAfterEdit(before: Run, after: Run): number {
  const { tip } = currentBranch(before);
  const end = currentBranch(after).tip.depth;
  if (before.cursor === tip.depth && enabledTasks(snapshotAt(tip)).length === 0) return end;
  const steps = branchPath({ run: before })
    .slice(0, before.cursor + 1)
    .filter(({ transition }) => transition?.kind === 'step');
  return Math.min(steps.length, end);
}

function notifyRefused(session: Session, errors: readonly InputError[]): void {
  notify(
    session,
    'error',
    'The scenario is unchanged.',
    errors.slice(0, 3).map(({ path, message }) => `${path}: ${message}`),
  );
}
