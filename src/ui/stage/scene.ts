import { FIRST_FD, LowestFreeNumbers } from '../../scenario/run/lowestFreeNumbers';
import type { StepEvent } from '../../kernel/machine/machine';
import type { Program } from '../../kernel/compiler/program';
import { snapshotAt, type Snapshot } from '../../session/trace/replay';
import { pathTo, type Setup } from '../../session/trace/traceTree';
import { badgesOf } from '../../graph/model/badges';
import { nodeCatalogOf, nodeIdOf } from '../../graph/model/nodeCatalog';
import type { FoldedGroups } from '../../graph/model/groupFolding';
import type { Graph } from '../../graph/model/graph';
import { layOutGraph, type GraphLayout, type LayoutShape } from '../../graph/layout/graphLayout';
import { newlyReachable, type NewlyReachable } from '../../graph/model/newlyReachable';
import { toGraph, type GraphOptions } from '../../graph/model/toGraph';

/** What the stage shows at a frame. */
export interface Scene {
  readonly setup: Setup;
  readonly graph: Graph;
  readonly layout: GraphLayout;
  /** Ids of the nodes that the last move was about. */
  readonly touched: ReadonlySet<string>;
  /** What the last step gave a file the way to. */
  readonly newlyReachable: NewlyReachable;
  /** Nodes of those that wait for one another in a circle, and of their locks. */
  readonly waitCycle: ReadonlySet<string>;
}

const sceneCache = new WeakMap<Snapshot, Map<string, Scene>>();
/** Slots survive a new program of the same setup: a call put in by hand moves nothing. One for each arrangement. */
const layoutCache = new WeakMap<Setup, Map<string, { program: Program; layout: GraphLayout }>>();

/** How a scene is laid out: groups that are one node each, and the shape of the grid. */
export interface LayoutOptions {
  readonly foldedGroups: FoldedGroups;
  readonly shape: LayoutShape;
}

/** The scene of a frame in an arrangement. Same object for the same frame and arrangement. */
export function sceneOf(frame: Snapshot, how: LayoutOptions): Scene {
  const key = layoutKeyOf(how);
  const known = sceneCache.get(frame) ?? new Map<string, Scene>();
  sceneCache.set(frame, known);
  const scene = known.get(key) ?? makeScene(frame, how, key);
  known.set(key, scene);
  return scene;
}

function makeScene(frame: Snapshot, how: LayoutOptions, key: string): Scene {
  const { program, state, node: moment, events } = frame;
  const layout = layoutOf(moment.setup, program, how, key);
  const path = pathTo(moment).map(snapshotAt);
  const before = moment.parent && snapshotAt(moment.parent);
  const previous = before?.program === program ? before.state : undefined;
  const graph = toGraph(program, state, layout, {
    previous,
    events,
    badges: badgesOf(path),
    fdNumbers: fdNumbersOf(path),
    useAfterFree: findUseAfterFree(frame),
  });
  return {
    setup: moment.setup,
    graph,
    layout,
    touched: touchedNodes(frame, previous, layout),
    newlyReachable: newlyReachable(graph),
    waitCycle: waitCycleNodes(graph),
  };
}

/** Who used what is freed in the last step. */
function findUseAfterFree({ task, violations }: Snapshot): GraphOptions['useAfterFree'] {
  const objects = violations.flatMap(({ property, object }) =>
    property === 'memory' && object !== undefined ? [object] : [],
  );
  return task !== undefined && objects.length > 0 ? { task, objects } : undefined;
}

function layoutKeyOf({
  shape: { columns, maxTextRows: rows, packing },
  foldedGroups: folded,
}: LayoutOptions): string {
  return `${columns} ${rows} ${packing} ${[...folded].toSorted().join(' ')}`;
}

function layoutOf(
  setup: Setup,
  program: Program,
  { foldedGroups: folded, shape }: LayoutOptions,
  key: string,
): GraphLayout {
  const all =
    layoutCache.get(setup) ?? new Map<string, { program: Program; layout: GraphLayout }>();
  layoutCache.set(setup, all);
  const kept = all.get(key);
  if (kept?.program === program) return kept.layout;
  const layout = layOutGraph(program, kept?.layout, folded, shape);
  all.set(key, { program, layout });
  return layout;
}

const NO_NODES: ReadonlySet<string> = new Set();

function waitCycleNodes({ edges }: Graph): ReadonlySet<string> {
  return edges.some((edge) => edge.inCycle)
    ? new Set(
        edges.flatMap(({ inCycle: circle, source, target }) => (circle ? [source, target] : [])),
      )
    : NO_NODES;
}

/** Nodes of what the last step changed and told, with the process that acted. */
function touchedNodes(
  { program, state, events, task, violations }: Snapshot,
  previous: Int32Array | undefined,
  { foldedInto: standIn }: GraphLayout,
): ReadonlySet<string> {
  const objects = new Set<number>();
  for (const field of program.fields)
    if (previous && previous[field.index] !== state[field.index]) objects.add(field.object);
  for (const event of events)
    for (const object of objectsNamedBy(program, event)) objects.add(object);
  for (const { object } of violations) if (object !== undefined) objects.add(object);
  const ids = new Set<string>();
  const { byId } = nodeCatalogOf(program);
  for (const object of objects) {
    const slot = program.objects[object];
    if (slot && byId.has(nodeIdOf(slot))) ids.add(standIn.get(nodeIdOf(slot)) ?? nodeIdOf(slot));
  }
  const who = task === undefined ? undefined : program.tasks[task];
  if (who) ids.add(`process:${who.process}`);
  return ids;
}

/** Objects that an event names. */
function objectsNamedBy(program: Program, { template: note }: StepEvent): readonly number[] {
  const fields = 'fields' in note ? note.fields : 'field' in note ? [note.field] : [];
  const named = 'object' in note && note.object !== undefined ? [note.object] : [];
  return [...named, ...fields.map((field) => program.fields[field]?.object ?? -1)].filter(
    (object) => object >= 0,
  );
}

/** The number of each fd by its name. */
function fdNumbersOf(path: readonly Snapshot[]): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  const fds = new LowestFreeNumbers<string>();
  for (const { events } of path) {
    for (const { template: note } of events) {
      if (note.kind === 'fdInstall')
        numbers.set(note.fd, fds.take(note.process, FIRST_FD, note.fd));
      else if (note.kind === 'fdRemove') fds.release(note.fd);
    }
  }
  return numbers;
}
