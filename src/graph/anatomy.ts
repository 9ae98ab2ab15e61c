import type { ObjectSlot, Program } from '../kernel/program';
import type { EdgeStyle } from './graph';

/** What of an object may be an edge, whatever the state. */
export interface Anatomy {
  /** Fixed pointers that are drawn. */
  readonly links: readonly (readonly [name: string, target: ObjectSlot, style: EdgeStyle])[];
  readonly pointers: readonly (readonly [
    name: string,
    field: number,
    style: EdgeStyle | 'hidden',
  ])[];
}

const anatomies = new WeakMap<ObjectSlot, Anatomy>();

/** The anatomy of an object. Same object for the same slot. */
export function anatomyOf(program: Program, slot: ObjectSlot): Anatomy {
  const known = anatomies.get(slot);
  if (known) return known;
  const anatomy: Anatomy = {
    links: Object.entries(slot.links).flatMap(([name, { object, edge }]): Anatomy['links'] => {
      const target = program.objects[object];
      return target && edge !== 'hidden' ? [[name, target, edge]] : [];
    }),
    pointers: Object.entries(slot.fields).flatMap(([name, index]): Anatomy['pointers'] =>
      program.fields[index]?.kind === 'pointer'
        ? [[name, index, program.fields[index]?.edge ?? 'hidden']]
        : [],
    ),
  };
  anatomies.set(slot, anatomy);
  return anatomy;
}
