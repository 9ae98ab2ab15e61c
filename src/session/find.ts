import { DESIGNS } from '../designs/index';
import { LIBRARY } from '../scenario/library';
import { actorsOf } from './actions';
import { arrange } from './arrange';
import { select } from './attention';
import { COMMAND_LIST } from './commands';
import { currentFrame, type Frame } from './frame';
import { tell } from './messages';
import { runCall, runTask, startCall, switchBranch } from './moves';
import { showEntry, switchDesign } from './open';
import type { Session, SessionState } from './session';
import { tasksOf } from './tasks';
import { pause } from './transport';

/** Something that can be found by typing, and what picking it does. */
export interface Findable {
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
export interface Standing {
  readonly node: string;
  readonly name: string;
  readonly title: string;
  readonly detail: string;
}

/** Everything that can be found at what is on screen, and on the stage. */
export function findables(state: SessionState, stage: readonly Standing[]): readonly Findable[] {
  return [
    ...actions(currentFrame(state), state),
    ...stage.map(found),
    ...branches(state),
    ...commands(state),
    ...scenarios(),
    ...designs(state),
  ];
}

/** Those with every word of the query, best first within each group; all of them for an empty query. */
export function search(all: readonly Findable[], query: string): readonly Findable[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const rank = ({ title }: Findable): number => {
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

function actions(frame: Frame, { layout }: SessionState): readonly Findable[] {
  const make = layout.act === 'run' ? runCall : startCall;
  const going = tasksOf(frame)
    .filter((task) => task.call && task.canStep)
    .map(({ name, next }): Findable => ({
      id: `run ${name}`,
      group: 'Do now',
      title: `Run ${name}`,
      detail: next?.title ?? '',
      run: (session) => {
        pause(session);
        runTask(session, name);
      },
    }));
  const calls = actorsOf(frame).flatMap((actor) =>
    actor.actions.flatMap(({ choices }) =>
      choices.map(({ title, call }): Findable => ({
        id: `${actor.name} ${title}`,
        group: 'Do now',
        title,
        detail: actor.name,
        run: (session) => {
          pause(session);
          const why = make(session, call);
          if (why !== undefined) tell(session, 'error', `${title} is not possible now.`, [why]);
        },
      })),
    ),
  );
  return [...going, ...calls];
}

function found({ node, name, title, detail }: Standing): Findable {
  return {
    id: `stage ${node}`,
    group: 'On the stage',
    title,
    detail,
    node,
    run: (session) => {
      arrange(session, { view: 'stage', pane: 'stage' });
      select(session, name);
    },
  };
}

function branches({ run }: SessionState): readonly Findable[] {
  return run.branches
    .filter(({ id }) => id !== run.branch)
    .map(({ id, name, tip }): Findable => ({
      id: `branch ${id}`,
      group: 'Branches',
      title: `Branch ${name}`,
      detail: `${tip.depth} steps`,
      run: (session) => switchBranch(session, id),
    }));
}

function commands(state: SessionState): readonly Findable[] {
  return COMMAND_LIST.filter(
    ({ id, mode, enabled }) => id !== 'palette' && (!mode || mode(state)) && enabled(state),
  ).map(({ id, title, hotkey, run }): Findable => ({
    id: `command ${id}`,
    group: 'Commands',
    title,
    detail: '',
    hotkey,
    run,
  }));
}

function scenarios(): readonly Findable[] {
  return LIBRARY.map((entry): Findable => ({
    id: `scenario ${entry.id}`,
    group: 'Scenarios',
    title: entry.scenario.title,
    detail: entry.id,
    run: (session) => showEntry(session, entry),
  }));
}

function designs({ run }: SessionState): readonly Findable[] {
  return DESIGNS.filter(({ id }) => id !== run.setup.design.id).map(({ id, title }): Findable => ({
    id: `design ${id}`,
    group: 'Designs',
    title: id,
    detail: title,
    run: (session) => switchDesign(session, id),
  }));
}
