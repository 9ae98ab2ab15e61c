import type { ObjectSlot, Program } from '../../kernel/compiler/program';
import type { EdgeStyle } from './graph';

/** What of an object may be an edge, whatever the state. */
export interface EdgeFields {
  /** Fixed pointers that are drawn. */
  readonly links: readonly (readonly [name: string, target: ObjectSlot, style: EdgeStyle])[];
  readonly pointers: readonly (readonly [
    name: string,
    field: number,
    style: EdgeStyle | 'hidden',
  ])[];
}

const edgeFieldsBySlot = new WeakMap<ObjectSlot, EdgeFields>();

/** The anatomy of an object. Same object for the same slot. */
export function edgeFieldsOf(program: Program, slot: ObjectSlot): EdgeFields {
  const known = edgeFieldsBySlot.get(slot);
  if (known) return known;
  const anatomy: EdgeFields = {
    links: Object.entries(slot.links).flatMap(([name, { object, edge }]): EdgeFields['links'] => {
      const target = program.objects[object];
      return target && edge !== 'hidden' ? [[name, target, edge]] : [];
    }),
    pointers: Object.entries(slot.fields).flatMap(([name, index]): EdgeFields['pointers'] =>
      program.fields[index]?.kind === 'pointer'
        ? [[name, index, program.fields[index]?.edge ?? 'hidden']]
        : [],
    ),
  };
  edgeFieldsBySlot.set(slot, anatomy);
  return anatomy;
}
