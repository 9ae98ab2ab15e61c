import type { Event } from '../../kernel/machine';
import type { Program } from '../../kernel/program';
import { frameOf, type Frame } from '../../session/frame';
import { pathTo, type Setup } from '../../session/trail';
import { badgesOf } from './badges';
import { castOf, idOf } from './cast';
import type { Graph } from './graph';
import { layOutStage, type Layout } from './layout';
import { toGraph } from './toGraph';

/** What the stage shows at a frame. */
export interface Scene {
  readonly setup: Setup;
  readonly graph: Graph;
  readonly layout: Layout;
  /** Ids of the nodes that the last move was about. */
  readonly touched: ReadonlySet<string>;
}

const scenes = new WeakMap<Frame, Scene>();
/** Slots survive a new program of the same setup: a call put in by hand moves nothing. */
const layouts = new WeakMap<Setup, { program: Program; layout: Layout }>();

/** The scene of a frame. Same object for the same frame. */
export function sceneOf(frame: Frame): Scene {
  const known = scenes.get(frame);
  if (known) return known;
  const { program, state, moment, events } = frame;
  const layout = layoutOf(moment.setup, program);
  const path = pathTo(moment).map(frameOf);
  const before = moment.parent && frameOf(moment.parent);
  const previous = before?.program === program ? before.state : undefined;
  const graph = toGraph(program, state, layout, { previous, events, badges: badgesOf(path), fdNumbers: fdNumbersOf(path) });
  const scene: Scene = { setup: moment.setup, graph, layout, touched: touchedBy(frame, previous) };
  scenes.set(frame, scene);
  return scene;
}

function layoutOf(setup: Setup, program: Program): Layout {
  const kept = layouts.get(setup);
  if (kept?.program === program) return kept.layout;
  const layout = layOutStage(program, kept?.layout);
  layouts.set(setup, { program, layout });
  return layout;
}

/** Nodes of what the last step changed and told, with the process that acted. */
function touchedBy({ program, state, events, task, violations }: Frame, previous: Int32Array | undefined): ReadonlySet<string> {
  const objects = new Set<number>();
  for (const field of program.fields) if (previous && previous[field.index] !== state[field.index]) objects.add(field.object);
  for (const event of events) for (const object of objectsOf(program, event)) objects.add(object);
  for (const { object } of violations) if (object !== undefined) objects.add(object);
  const ids = new Set<string>();
  const { byId } = castOf(program);
  for (const object of objects) {
    const slot = program.objects[object];
    if (slot && byId.has(idOf(slot))) ids.add(idOf(slot));
  }
  const who = task === undefined ? undefined : program.tasks[task];
  if (who) ids.add(`process:${who.process}`);
  return ids;
}

/** Objects that an event names. */
export function objectsOf(program: Program, { note }: Event): readonly number[] {
  const fields = 'fields' in note ? note.fields : 'field' in note ? [note.field] : [];
  const named = 'object' in note && note.object !== undefined ? [note.object] : [];
  return [...named, ...fields.map(field => program.fields[field]?.object ?? -1)].filter(object => object >= 0);
}

/** Fd numbers by fd name: the lowest free from 3 in each process. */
function fdNumbersOf(path: readonly Frame[]): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  const tables = new Map<string, Set<number>>();
  for (const { events } of path) {
    for (const { note } of events) {
      if (note.kind === 'fdInstall') {
        const table = tables.get(note.process) ?? new Set();
        tables.set(note.process, table);
        let number = 3;
        while (table.has(number)) number++;
        table.add(number);
        numbers.set(note.fd, number);
      } else if (note.kind === 'fdRemove') tables.get(note.process)?.delete(numbers.get(note.fd) ?? -1);
    }
  }
  return numbers;
}
