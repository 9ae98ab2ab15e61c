import type { Event } from '../../kernel/machine';
import type { Program } from '../../kernel/program';
import { frameOf, type Frame } from '../../session/frame';
import { pathTo, type Setup } from '../../session/trail';
import { badgesOf } from '../../graph/badges';
import { castOf, idOf } from '../../graph/cast';
import type { Folded } from '../../graph/fold';
import type { Graph } from '../../graph/graph';
import { layOutStage, type Layout, type Shape } from '../../graph/layout';
import { newReach, type Reach } from '../../graph/reach';
import { toGraph, type Extras } from '../../graph/toGraph';

/** What the stage shows at a frame. */
export interface Scene {
  readonly setup: Setup;
  readonly graph: Graph;
  readonly layout: Layout;
  /** Ids of the nodes that the last move was about. */
  readonly touched: ReadonlySet<string>;
  /** What the last step gave a file the way to. */
  readonly reach: Reach;
  /** Nodes of those that wait for one another in a circle, and of their locks. */
  readonly circle: ReadonlySet<string>;
}

const scenes = new WeakMap<Frame, Map<string, Scene>>();
/** Slots survive a new program of the same setup: a call put in by hand moves nothing. One for each arrangement. */
const layouts = new WeakMap<Setup, Map<string, { program: Program; layout: Layout }>>();

/** How a scene is laid out: groups that are one node each, and the shape of the grid. */
export interface Arrangement {
  readonly folded: Folded;
  readonly shape: Shape;
}

/** The scene of a frame in an arrangement. Same object for the same frame and arrangement. */
export function sceneOf(frame: Frame, how: Arrangement): Scene {
  const key = keyOf(how);
  const known = scenes.get(frame) ?? new Map<string, Scene>();
  scenes.set(frame, known);
  const scene = known.get(key) ?? makeScene(frame, how, key);
  known.set(key, scene);
  return scene;
}

function makeScene(frame: Frame, how: Arrangement, key: string): Scene {
  const { program, state, moment, events } = frame;
  const layout = layoutOf(moment.setup, program, how, key);
  const path = pathTo(moment).map(frameOf);
  const before = moment.parent && frameOf(moment.parent);
  const previous = before?.program === program ? before.state : undefined;
  const graph = toGraph(program, state, layout, {
    previous,
    events,
    badges: badgesOf(path),
    fdNumbers: fdNumbersOf(path),
    use: freedUseOf(frame),
  });
  return {
    setup: moment.setup,
    graph,
    layout,
    touched: touchedBy(frame, previous, layout),
    reach: newReach(graph),
    circle: circleOf(graph),
  };
}

/** Who used what is freed in the last step. */
function freedUseOf({ task, violations }: Frame): Extras['use'] {
  const objects = violations.flatMap(({ property, object }) =>
    property === 'memory' && object !== undefined ? [object] : [],
  );
  return task !== undefined && objects.length > 0 ? { task, objects } : undefined;
}

function keyOf({ shape: { columns, rows, packing }, folded }: Arrangement): string {
  return `${columns} ${rows} ${packing} ${[...folded].toSorted().join(' ')}`;
}

function layoutOf(
  setup: Setup,
  program: Program,
  { folded, shape }: Arrangement,
  key: string,
): Layout {
  const all = layouts.get(setup) ?? new Map<string, { program: Program; layout: Layout }>();
  layouts.set(setup, all);
  const kept = all.get(key);
  if (kept?.program === program) return kept.layout;
  const layout = layOutStage(program, kept?.layout, folded, shape);
  all.set(key, { program, layout });
  return layout;
}

const NOBODY: ReadonlySet<string> = new Set();

function circleOf({ edges }: Graph): ReadonlySet<string> {
  return edges.some((edge) => edge.circle)
    ? new Set(edges.flatMap(({ circle, source, target }) => (circle ? [source, target] : [])))
    : NOBODY;
}

/** Nodes of what the last step changed and told, with the process that acted. */
function touchedBy(
  { program, state, events, task, violations }: Frame,
  previous: Int32Array | undefined,
  { standIn }: Layout,
): ReadonlySet<string> {
  const objects = new Set<number>();
  for (const field of program.fields)
    if (previous && previous[field.index] !== state[field.index]) objects.add(field.object);
  for (const event of events) for (const object of objectsOf(program, event)) objects.add(object);
  for (const { object } of violations) if (object !== undefined) objects.add(object);
  const ids = new Set<string>();
  const { byId } = castOf(program);
  for (const object of objects) {
    const slot = program.objects[object];
    if (slot && byId.has(idOf(slot))) ids.add(standIn.get(idOf(slot)) ?? idOf(slot));
  }
  const who = task === undefined ? undefined : program.tasks[task];
  if (who) ids.add(`process:${who.process}`);
  return ids;
}

/** Objects that an event names. */
function objectsOf(program: Program, { note }: Event): readonly number[] {
  const fields = 'fields' in note ? note.fields : 'field' in note ? [note.field] : [];
  const named = 'object' in note && note.object !== undefined ? [note.object] : [];
  return [...named, ...fields.map((field) => program.fields[field]?.object ?? -1)].filter(
    (object) => object >= 0,
  );
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
      } else if (note.kind === 'fdRemove')
        tables.get(note.process)?.delete(numbers.get(note.fd) ?? -1);
    }
  }
  return numbers;
}
