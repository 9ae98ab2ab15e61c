import { DESIGNS } from '../../designs/designs';
import { variantToOpen } from '../../scenario/library/builtInScenario';
import { LIBRARY } from '../../scenario/library/library';
import { availableCalls } from '../queries/availableCalls';
import { taskStatuses } from '../queries/taskStatus';
import type { Session, SessionState } from '../store/session';
import { currentSnapshot, type Snapshot } from '../trace/replay';
import { dispatch, isEnabledCommand, MENU_COMMAND_LIST } from './dispatch';

/** An entry of the command palette. */
export interface PaletteItem {
  readonly id: string;
  readonly group: 'Calls' | 'Objects' | 'Branches' | 'Commands' | 'Scenarios' | 'Designs';
  readonly title: string;
  readonly detail: string;
  /** For example `Mod+K`. */
  readonly hotkey?: string | undefined;
  /** Id of the graph node to focus after `run`. */
  readonly node?: string;
  readonly run: (session: Session) => void;
}

/** A node of the graph, and the name that selects it. */
export interface StageSearchItem {
  readonly node: string;
  readonly name: string;
  readonly title: string;
  readonly detail: string;
}

/** Everything that the palette can find now. The nodes of the graph are first: the name of one selects it, and makes no call. */
export function paletteItems(
  state: SessionState,
  stage: readonly StageSearchItem[],
): readonly PaletteItem[] {
  return [
    ...stage.map(stageItem),
    ...callItems(currentSnapshot(state), state),
    ...branchItems(state),
    ...commandItems(state),
    ...scenarioItems(state),
    ...designItems(state),
  ];
}

/** The items that contain every word of the query, best match first within each group; all items for an empty query. */
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

function callItems(snapshot: Snapshot, { layout }: SessionState): readonly PaletteItem[] {
  const running = taskStatuses(snapshot)
    .filter((task) => task.currentCall && task.canStep)
    .map(({ name, nextStep }): PaletteItem => ({
      id: `run ${name}`,
      group: 'Calls',
      title: `Run ${name}`,
      detail: nextStep?.title ?? '',
      run: (session) => dispatch(session, 'run-task', { task: name }),
    }));
  const calls = availableCalls(snapshot).flatMap((caller) =>
    caller.calls.flatMap(({ choices }) =>
      choices.map(({ title, call }): PaletteItem => ({
        id: `${caller.name} ${title}`,
        group: 'Calls',
        title,
        detail: caller.name,
        run: (session) =>
          dispatch(session, layout.callMode === 'run' ? 'run-call' : 'start-call', { call, title }),
      })),
    ),
  );
  return [...running, ...calls];
}

function stageItem({ node, name, title, detail }: StageSearchItem): PaletteItem {
  return {
    id: `stage ${node}`,
    group: 'Objects',
    title,
    detail,
    node,
    run: (session) => {
      dispatch(session, 'stage');
      dispatch(session, 'select', { name });
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
      run: (session) => dispatch(session, 'switch-branch', { id }),
    }));
}

function commandItems(state: SessionState): readonly PaletteItem[] {
  return MENU_COMMAND_LIST.filter(
    ({ id, exclusiveWhile }) =>
      id !== 'palette' && (exclusiveWhile?.(state) ?? true) && isEnabledCommand(state, id),
  ).map(({ id, title, hotkey }): PaletteItem => ({
    id: `command ${id}`,
    group: 'Commands',
    title,
    detail: '',
    hotkey,
    run: (session) => dispatch(session, id),
  }));
}

function scenarioItems({ run }: SessionState): readonly PaletteItem[] {
  return LIBRARY.map((entry): PaletteItem => ({
    id: `scenario ${entry.id}`,
    group: 'Scenarios',
    title: variantToOpen(entry, run.setup.design.id).title,
    detail: entry.id,
    run: (session) => dispatch(session, 'open-scenario', { id: entry.id }),
  }));
}

function designItems({ run }: SessionState): readonly PaletteItem[] {
  return DESIGNS.filter(({ id }) => id !== run.setup.design.id).map(
    ({ id, title }): PaletteItem => ({
      id: `design ${id}`,
      group: 'Designs',
      title,
      detail: id,
      run: (session) => dispatch(session, 'switch-design', { design: id }),
    }),
  );
}
