import { fieldsRead } from '../../kernel/language/expressions';
import { isWaitForCall, nextStep, type StepEvent } from '../../kernel/machine/machine';
import type { ObjectSlot, Program } from '../../kernel/compiler/program';
import { edgeFieldsOf } from './edgeFields';
import type { EdgeView, ObjectView } from './graph';
import type { GraphLayout } from '../layout/graphLayout';

/** The view of an inactive object and its outgoing edges, filled in on first use. */
export interface CachedView {
  /** Values of the dependencies that it was made from. */
  readonly inputs: readonly number[];
  view: ObjectView | undefined;
  edges: readonly EdgeView[] | undefined;
}

const viewCaches = new WeakMap<GraphLayout, Map<ObjectSlot, CachedView>>();

/** The cache entry of an object, which stays the same object until a dependency changes. Only for inactive objects: the view of an active one also depends on the step. */
export function cachedView(
  program: Program,
  state: Int32Array,
  layout: GraphLayout,
  slot: ObjectSlot,
): CachedView {
  const cache = viewCaches.get(layout) ?? new Map<ObjectSlot, CachedView>();
  viewCaches.set(layout, cache);
  const fields = viewDependencies(program, slot);
  const cached = cache.get(slot);
  if (cached && fields.every((field, i) => state[field] === cached.inputs[i])) return cached;
  const next: CachedView = {
    inputs: fields.map((field) => state[field] ?? 0),
    view: undefined,
    edges: undefined,
  };
  cache.set(slot, next);
  return next;
}

/** Objects (indices) that the last step changed or accessed, or that the next step of a task may wait for. */
export function activeObjects(
  program: Program,
  state: Int32Array,
  previous: Int32Array | undefined,
  events: readonly StepEvent[] = [],
): ReadonlySet<number> {
  const objects = new Set<number>();
  const addObjectOf = (field: number): void => {
    objects.add(program.fields[field]?.object ?? -1);
  };
  if (previous)
    for (const { index } of program.fields)
      if (previous[index] !== state[index]) addObjectOf(index);
  for (const { template } of events) {
    if (template.kind === 'write') addObjectOf(template.field);
    if (template.kind === 'read') template.fields.forEach(addObjectOf);
  }
  for (const { index } of program.tasks)
    for (const wait of nextStep(program, state, index)?.waits ?? [])
      if (!isWaitForCall(wait)) addObjectOf(wait.field);
  return objects;
}

const dependencyCache = new WeakMap<ObjectSlot, readonly number[]>();

/** Fields that the view of an object depends on: its own, the lifetimes of what it may point at, and what decides on the access of a file. */
function viewDependencies(program: Program, slot: ObjectSlot): readonly number[] {
  const cached = dependencyCache.get(slot);
  if (cached) return cached;
  const fields = new Set<number>(Object.values(slot.fields));
  const addLifetime = (of: ObjectSlot | undefined): void => {
    if (of?.lifetime !== undefined) fields.add(of.lifetime);
  };
  addLifetime(slot);
  for (const { object } of Object.values(slot.links)) addLifetime(program.objects[object]);
  for (const [, index] of edgeFieldsOf(program, slot).pointers)
    for (const object of program.fields[index]?.targets ?? []) addLifetime(program.objects[object]);
  for (const file of program.files)
    if (file.object === slot.index && file.normalAccess)
      fieldsRead(file.normalAccess, (field) => fields.add(field));
  const dependencies = [...fields];
  dependencyCache.set(slot, dependencies);
  return dependencies;
}
