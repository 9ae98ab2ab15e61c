import { layOutShared, type SharedLayout } from '../../graph/layout/sharedLayout';
import { FIRST_FD } from '../../kernel/language/world';
import { LowestFreeNumbers } from '../../scenario/run/lowestFreeNumbers';
import type { StepEvent } from '../../kernel/machine/machine';
import type { Program } from '../../kernel/compiler/program';
import { snapshotAt, type Snapshot } from '../../session/trace/replay';
import { memoizeByKey } from '../../session/trace/memoize';
import { pathTo, type Setup, type TraceNode } from '../../session/trace/traceTree';
import { badgesOf } from '../../graph/model/badges';
import { nodeCatalogOf, nodeIdOf } from '../../graph/model/nodeCatalog';
import type { FoldedGroups } from '../../graph/model/groupFolding';
import type { Graph } from '../../graph/model/graph';
import { layOutGraph, type GraphLayout, type LayoutShape } from '../../graph/layout/graphLayout';
import { newlyReachable, type NewlyReachable } from '../../graph/model/newlyReachable';
import type { GraphOptions } from '../../graph/model/graphInput';
import { taskRef } from '../../graph/model/taskWaits';
import { closeEmptyRows, presentNodeIds, toGraph } from '../../graph/model/toGraph';

/** What the stage shows of a snapshot. */
export interface Scene {
  readonly setup: Setup;
  readonly graph: Graph;
  readonly layout: GraphLayout;
  /** Ids of the nodes that the last step touched. */
  readonly touched: ReadonlySet<string>;
  /** Ids of the nodes of the last step's process, of the file through which it calls, and of what a violation names. */
  readonly actors: ReadonlySet<string>;
  /** The process of the last step, as in `TaskRef`; undefined before the first step. */
  readonly actingProcess: number | undefined;
  /** What the last step made reachable from a file. */
  readonly newlyReachable: NewlyReachable;
  /** Ids of the tasks and locks in a wait-for cycle. */
  readonly waitCycle: ReadonlySet<string>;
}

const sceneCache = new WeakMap<Snapshot, Map<string, Scene>>();
type LayoutsByKey = Map<string, { program: Program; layout: GraphLayout }>;
/** By layout family and layout key, most recently used last: other programs of a family keep the positions as far as possible. */
const layoutCache = new Map<string, LayoutsByKey>();
/** More than the tour opens: after it, the nodes are where they were. */
const MAX_CACHED_FAMILIES = 16;

/** Setups with the same key show the same objects at the same places: the same scenario in any design, and the user's own calls in it. */
export const layoutFamilyOf = memoizeByKey(({ libraryId, scenario }: Setup): { key: string } => ({
  key: JSON.stringify([libraryId ?? scenario.title, scenario.world]),
}));

/** How a scene is laid out. */
export interface LayoutOptions {
  readonly foldedGroups: FoldedGroups;
  readonly shape: LayoutShape;
  /** Number of times that the stage has been laid out afresh; layouts of the same number keep positions. */
  readonly arrangement: number;
  /** Undefined for a stage alone, in which every node of the program has room. */
  readonly sharedLayout?: SharedLayout | undefined;
}

/** The scene of a snapshot. Returns the same object for the same snapshot and equal options. */
export function sceneOf(snapshot: Snapshot, options: LayoutOptions): Scene {
  const key = layoutKeyOf(options);
  const scenes = sceneCache.get(snapshot) ?? new Map<string, Scene>();
  sceneCache.set(snapshot, scenes);
  const scene = scenes.get(key) ?? makeScene(snapshot, options, key);
  scenes.set(key, scene);
  return scene;
}

function makeScene(snapshot: Snapshot, options: LayoutOptions, key: string): Scene {
  const { program, state, node, events } = snapshot;
  const path = pathTo(node).map(snapshotAt);
  const badges = badgesOf(path);
  const layout = closeEmptyRows(
    program,
    [state],
    layoutOf(node.setup, program, options, key),
    badges,
  );
  const before = node.parent && snapshotAt(node.parent);
  const previous = before?.program === program ? before.state : undefined;
  const graph = toGraph(program, state, layout, {
    previous,
    events,
    badges,
    fdNumbers: fdNumbersOf(path),
    useAfterFree: findUseAfterFree(snapshot),
  });
  return {
    setup: node.setup,
    graph,
    layout,
    touched: touchedNodes(snapshot, previous, layout),
    actors: actorNodes(snapshot, layout),
    actingProcess:
      snapshot.task === undefined ? undefined : taskRef(program, snapshot.task).process,
    newlyReachable: newlyReachable(graph),
    waitCycle: waitCycleNodes(graph),
  };
}

/** The task that used freed objects in the last step, and those objects. */
function findUseAfterFree({ task, violations }: Snapshot): GraphOptions['useAfterFree'] {
  const objects = violations.flatMap(({ property, object }) =>
    property === 'memory' && object !== undefined ? [object] : [],
  );
  return task !== undefined && objects.length > 0 ? { task, objects } : undefined;
}

function layoutKeyOf({
  shape: { columns, maxTextRows },
  foldedGroups,
  arrangement,
  sharedLayout,
}: LayoutOptions): string {
  const shown = sharedLayout ? sortedNames(sharedLayout.nodes) : '';
  return `${arrangement} ${columns} ${maxTextRows} ${sortedNames(foldedGroups)}; ${shown}`;
}

function sortedNames(names: ReadonlySet<string>): string {
  return [...names].toSorted().join(' ');
}

/** Ids of the nodes that are there at some step of a path. */
export const nodesOfPath = memoizeByKey((path: readonly TraceNode[]): ReadonlySet<string> => {
  const snapshots = path.map(snapshotAt);
  const layouts = memoizeByKey((program: Program) => layOutGraph(program));
  return new Set(
    snapshots.flatMap(({ program, state }, depth) =>
      presentNodeIds(program, state, layouts(program), badgesOf(snapshots.slice(0, depth + 1))),
    ),
  );
});

function layoutOf(
  setup: Setup,
  program: Program,
  { foldedGroups, shape, sharedLayout }: LayoutOptions,
  key: string,
): GraphLayout {
  const family = layoutFamilyOf(setup).key;
  const layouts: LayoutsByKey = layoutCache.get(family) ?? new Map();
  layoutCache.delete(family);
  layoutCache.set(family, layouts);
  const [oldest] = layoutCache.keys();
  if (layoutCache.size > MAX_CACHED_FAMILIES && oldest !== undefined) layoutCache.delete(oldest);
  const cached = layouts.get(key);
  if (cached?.program === program) return cached.layout;
  const layout = sharedLayout
    ? layOutShared(program, cached?.layout, foldedGroups, shape, sharedLayout)
    : layOutGraph(program, cached?.layout, foldedGroups, shape);
  layouts.set(key, { program, layout });
  return layout;
}

const NO_NODES: ReadonlySet<string> = new Set();

function waitCycleNodes({ edges }: Graph): ReadonlySet<string> {
  const cycle = edges.filter((edge) => edge.inCycle);
  return cycle.length > 0
    ? new Set(cycle.flatMap(({ source, target }) => [source, target]))
    : NO_NODES;
}

/** Nodes of the objects that the last step changed or reported on, and of its process. */
function touchedNodes(
  { program, state, events, task: taskIndex, violations }: Snapshot,
  previous: Int32Array | undefined,
  { foldedInto }: GraphLayout,
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
    if (slot && byId.has(nodeIdOf(slot))) ids.add(foldedInto.get(nodeIdOf(slot)) ?? nodeIdOf(slot));
  }
  const task = taskIndex === undefined ? undefined : program.tasks[taskIndex];
  if (task) ids.add(`process:${task.process}`);
  return ids;
}

/** The process of the last step, the file of the fd that its call names or makes, and what a violation names. */
function actorNodes(
  { program, node: { transition }, task: taskIndex, step, violations }: Snapshot,
  { foldedInto }: GraphLayout,
): ReadonlySet<string> {
  const task = program.tasks[taskIndex ?? -1];
  if (!task) return NO_NODES;
  const call =
    transition?.kind === 'issue' ? transition.call : program.calls[step?.call ?? -1]?.call;
  const name = call?.fd ?? call?.iommufd ?? call?.container ?? call?.as;
  const fd = program.fds.find((each) => each.name === name && each.process === task.process);
  const file = program.objects[program.files[fd?.file ?? -1]?.object ?? -1];
  const ids = [
    `process:${task.process}`,
    ...(file ? [nodeIdOf(file)] : []),
    ...program.objects
      .filter((object) => violations.some(({ text }) => isNamedIn(text, object.name)))
      .map(nodeIdOf),
  ];
  return new Set(ids.map((id) => foldedInto.get(id) ?? id));
}

/** Whether a text has the name of an object as a whole: `fd1`, but not in `fd12`. */
export function isNamedIn(text: string, name: string): boolean {
  const at = text.indexOf(name);
  return at >= 0 && !/[\w.]/.test(text.charAt(at - 1)) && !/\w/.test(text.charAt(at + name.length));
}

/** Objects that an event names. */
function objectsNamedBy(program: Program, { template }: StepEvent): readonly number[] {
  const fields =
    'fields' in template ? template.fields : 'field' in template ? [template.field] : [];
  const named = 'object' in template && template.object !== undefined ? [template.object] : [];
  return [...named, ...fields.map((field) => program.fields[field]?.object ?? -1)].filter(
    (object) => object >= 0,
  );
}

/** The number of each fd by its name. */
function fdNumbersOf(path: readonly Snapshot[]): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  const fds = new LowestFreeNumbers<string>();
  for (const { events } of path) {
    for (const { template } of events) {
      if (template.kind === 'fdInstall')
        numbers.set(template.fd, fds.take(template.process, FIRST_FD, template.fd));
      else if (template.kind === 'fdRemove') fds.release(template.fd);
    }
  }
  return numbers;
}
