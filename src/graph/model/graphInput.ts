import type { ObjectSlot, Program } from '../../kernel/compiler/program';
import type { StepEvent } from '../../kernel/machine/machine';
import type { GraphLayout } from '../layout/graphLayout';
import type { Badge } from './graph';
import { cachedView, type CachedView } from './viewCache';

/** What to show besides the state itself. */
export interface GraphOptions {
  /** State of the same program before the last step: fields that differ show their previous value. */
  readonly previous?: Int32Array | undefined;
  /** Badges by the name of their object or process. */
  readonly badges?: ReadonlyMap<string, readonly Badge[]> | undefined;
  /** fd numbers by fd name, as the runner assigns them. */
  readonly fdNumbers?: ReadonlyMap<string, number> | undefined;
  /** Events of the last step. */
  readonly events?: readonly StepEvent[] | undefined;
  /** The task that used freed memory in the last step, and the objects (indices) that it used. */
  readonly useAfterFree?:
    { readonly task: number; readonly objects: readonly number[] } | undefined;
}

/** What every part of a graph is derived from. */
export interface GraphInput {
  readonly program: Program;
  readonly state: Int32Array;
  readonly layout: GraphLayout;
  readonly options: GraphOptions;
  /** Objects (indices) that the last step or the next step of a task involves: their views are not cached. */
  readonly activeObjects: ReadonlySet<number>;
}

/** Value of `Field` index `field`. */
export function fieldValue({ state }: GraphInput, field: number): number {
  return state[field] ?? 0;
}

/** Whether the last step changed a field. */
export function hasChanged({ state, options: { previous } }: GraphInput, field: number): boolean {
  return previous !== undefined && previous[field] !== state[field];
}

/** Whether an object exists: it was allocated and not freed, or it has no lifetime. */
export function isLive(input: GraphInput, slot: ObjectSlot): boolean {
  return slot.lifetime === undefined || fieldValue(input, slot.lifetime) === 1;
}

/** Whether an object was allocated and freed. */
export function isFreed(input: GraphInput, slot: ObjectSlot): boolean {
  return slot.lifetime !== undefined && fieldValue(input, slot.lifetime) === 2;
}

/** The object that a pointer field holds; undefined for NULL. */
export function pointerTarget(input: GraphInput, field: number): ObjectSlot | undefined {
  const { fields, objects } = input.program;
  const object = fields[field]?.targets?.[fieldValue(input, field) - 1];
  return object === undefined ? undefined : objects[object];
}

/** The cache entry of an object; undefined for an active object and one with badges. */
export function viewCacheEntry(input: GraphInput, slot: ObjectSlot): CachedView | undefined {
  return input.activeObjects.has(slot.index) || input.options.badges?.has(slot.name)
    ? undefined
    : cachedView(input.program, input.state, input.layout, slot);
}
