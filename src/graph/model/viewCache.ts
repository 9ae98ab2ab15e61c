import { fieldsRead } from '../../kernel/language/expressions';
import { nextStep, type StepEvent } from '../../kernel/machine/machine';
import type { ObjectSlot, Program } from '../../kernel/compiler/program';
import { edgeFieldsOf } from './edgeFields';
import type { EdgeView, ObjectView } from './graph';
import type { GraphLayout } from '../layout/graphLayout';

/** What an object at rest looks like, and the edges that leave it: made once, and the same things as long as it rests as it is. */
export interface CachedView {
  readonly inputs: readonly number[];
  view: ObjectView | undefined;
  edges: readonly EdgeView[] | undefined;
}

const viewCaches = new WeakMap<GraphLayout, Map<ObjectSlot, CachedView>>();

/** What is kept of an object while everything that its look rests on stays as it is. Only for objects that are not busy. */
export function cachedView(
  program: Program,
  state: Int32Array,
  layout: GraphLayout,
  slot: ObjectSlot,
): CachedView {
  const all = viewCaches.get(layout) ?? new Map<ObjectSlot, CachedView>();
  viewCaches.set(layout, all);
  const fields = viewDependencies(program, slot);
  const known = all.get(slot);
  if (known && fields.every((field, i) => state[field] === known.inputs[i])) return known;
  const next: CachedView = {
    inputs: fields.map((field) => state[field] ?? 0),
    view: undefined,
    edges: undefined,
  };
  all.set(slot, next);
  return next;
}

/** Objects (indices) that have to do with the last step or with what a task does next: changed, ordered by it, waited for. */
export function activeObjects(
  program: Program,
  state: Int32Array,
  previous: Int32Array | undefined,
  events: readonly StepEvent[] = [],
): ReadonlySet<number> {
  const objects = new Set<number>();
  const about = (field: number): void => {
    objects.add(program.fields[field]?.object ?? -1);
  };
  if (previous)
    for (const { index } of program.fields) if (previous[index] !== state[index]) about(index);
  for (const { template: note } of events) {
    if (note.kind === 'write') about(note.field);
    if (note.kind === 'read') note.fields.forEach(about);
  }
  for (const { index } of program.tasks)
    for (const wait of nextStep(program, state, index)?.waits ?? [])
      if (wait.kind !== 'name') about(wait.field);
  return objects;
}

const dependencyCache = new WeakMap<ObjectSlot, readonly number[]>();

/** Fields that the look of an object rests on: its own, the lives of what it may point at, and what decides on the access of a file. */
function viewDependencies(program: Program, slot: ObjectSlot): readonly number[] {
  const known = dependencyCache.get(slot);
  if (known) return known;
  const fields = new Set<number>(Object.values(slot.fields));
  const life = (of: ObjectSlot | undefined): void => {
    if (of?.lifetime !== undefined) fields.add(of.lifetime);
  };
  life(slot);
  for (const { object } of Object.values(slot.links)) life(program.objects[object]);
  for (const [, index] of edgeFieldsOf(program, slot).pointers)
    for (const object of program.fields[index]?.targets ?? []) life(program.objects[object]);
  for (const file of program.files)
    if (file.object === slot.index && file.normalAccess)
      fieldsRead(file.normalAccess, (field) => fields.add(field));
  const made = [...fields];
  dependencyCache.set(slot, made);
  return made;
}
