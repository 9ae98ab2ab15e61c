import { DESIGNS } from '../../designs/designs';
import { LIBRARY } from '../../scenario/library/library';
import { availableCalls } from '../queries/availableCalls';
import { setPageLayout } from './pageLayout';
import { setSelection } from './selection';
import { COMMAND_LIST } from './commands';
import { currentSnapshot, type Snapshot } from '../trace/replay';
import { notify } from '../store/notifications';
import { runCall, runTask, startCall } from './stepping';
import { showLibraryScenario } from './showScenario';
import type { Session, SessionState } from '../store/session';
import { taskStatuses } from '../queries/taskStatus';
import { pause } from './playback';
import { switchBranch } from './branches';
import { switchDesign } from './switchDesign';

/** Something that can be found by typing, and what picking it does. */
export interface PaletteItem {
  readonly id: string;
  readonly group: 'Do now' | 'On the stage' | 'Branches' | 'Commands' | 'Scenarios' | 'Designs';
  readonly title: string;
  readonly detail: string;
  /** `Mod+K`, where a key does the same. */
  readonly hotkey?: string | undefined;
  /** Id of the node on the stage that is to have the focus afterwards. */
  readonly node?: string;
  readonly run: (session: Session) => void;
}

/** Something that stands on the stage: its node, and the name that it is selected by. */
export interface StageSearchItem {
  readonly node: string;
  readonly name: string;
  readonly title: string;
  readonly detail: string;
}

/** Everything that can be found at what is on screen, and on the stage. */
export function paletteItems(
  state: SessionState,
  stage: readonly StageSearchItem[],
): readonly PaletteItem[] {
  return [
    ...callItems(currentSnapshot(state), state),
    ...stage.map(stageItem),
    ...branchItems(state),
    ...commandItems(state),
    ...scenarioItems(),
    ...designItems(state),
  ];
}

/** Those with every word of the query, best first within each group; all of them for an empty query. */
export function filterPalette(all: readonly PaletteItem[], query: string): readonly PaletteItem[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const rank = ({ title }: PaletteItem): number => {
    const name = title.toLowerCase();
    return words.includes(name) || name === query.trim().toLowerCase()
      ? 0
      : words.some((word) => name.startsWith(word))
        ? 1
        : 2;
  };
  const found = all.filter(({ title, detail, group }) => {
    const text = `${title} ${detail} ${group}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const groups = [...new Set(all.map(({ group }) => group))];
  return words.length === 0
    ? found
    : found.toSorted(
        (a, b) => groups.indexOf(a.group) - groups.indexOf(b.group) || rank(a) - rank(b),
      );
}

function callItems(frame: Snapshot, { layout }: SessionState): readonly PaletteItem[] {
  const make = layout.callMode === 'run' ? runCall : startCall;
  const going = taskStatuses(frame)
    .filter((task) => task.currentCall && task.canStep)
    .map(({ name, nextStep: next }): PaletteItem => ({
      id: `run ${name}`,
      group: 'Do now',
      title: `Run ${name}`,
      detail: next?.title ?? '',
      run: (session) => {
        pause(session);
        runTask(session, name);
      },
    }));
  const calls = availableCalls(frame).flatMap((actor) =>
    actor.calls.flatMap(({ choices }) =>
      choices.map(({ title, call }): PaletteItem => ({
        id: `${actor.name} ${title}`,
        group: 'Do now',
        title,
        detail: actor.name,
        run: (session) => {
          pause(session);
          const why = make(session, call);
          if (why !== undefined) notify(session, 'error', `${title} is not possible now.`, [why]);
        },
      })),
    ),
  );
  return [...going, ...calls];
}

function stageItem({ node, name, title, detail }: StageSearchItem): PaletteItem {
  return {
    id: `stage ${node}`,
    group: 'On the stage',
    title,
    detail,
    node,
    run: (session) => {
      setPageLayout(session, { view: 'stage', narrowPanel: 'stage' });
      setSelection(session, name);
    },
  };
}

function branchItems({ run }: SessionState): readonly PaletteItem[] {
  return run.branches
    .filter(({ id }) => id !== run.branchId)
    .map(({ id, name, tip }): PaletteItem => ({
      id: `branch ${id}`,
      group: 'Branches',
      title: `Branch ${name}`,
      detail: `${tip.depth} steps`,
      run: (session) => switchBranch(session, id),
    }));
}

function commandItems(state: SessionState): readonly PaletteItem[] {
  return COMMAND_LIST.filter(
    ({ id, exclusiveWhile: mode, enabled }) =>
      id !== 'palette' && (!mode || mode(state)) && enabled(state),
  ).map(({ id, title, hotkey, run }): PaletteItem => ({
    id: `command ${id}`,
    group: 'Commands',
    title,
    detail: '',
    hotkey,
    run,
  }));
}

function scenarioItems(): readonly PaletteItem[] {
  return LIBRARY.map((entry): PaletteItem => ({
    id: `scenario ${entry.id}`,
    group: 'Scenarios',
    title: entry.scenario.title,
    detail: entry.id,
    run: (session) => showLibraryScenario(session, entry),
  }));
}

function designItems({ run }: SessionState): readonly PaletteItem[] {
  return DESIGNS.filter(({ id }) => id !== run.setup.design.id).map(
    ({ id, title }): PaletteItem => ({
      id: `design ${id}`,
      group: 'Designs',
      title: id,
      detail: title,
      run: (session) => switchDesign(session, id),
    }),
  );
}
