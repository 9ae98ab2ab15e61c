import type { ObjectSlot, Program } from '../../kernel/compiler/program';
import type { EdgeStyle } from './graph';

/** The fields of an object that edges show, independent of the state. */
export interface EdgeFields {
  /** Fixed pointers. */
  readonly links: readonly (readonly [name: string, target: ObjectSlot, style: EdgeStyle])[];
  /** Pointer fields by index into `Program.fields`. */
  readonly pointers: readonly (readonly [
    name: string,
    field: number,
    style: EdgeStyle | 'hidden',
  ])[];
}

const edgeFieldsBySlot = new WeakMap<ObjectSlot, EdgeFields>();

/** The edge fields of an object. Same object for the same slot. */
export function edgeFieldsOf(program: Program, slot: ObjectSlot): EdgeFields {
  const cached = edgeFieldsBySlot.get(slot);
  if (cached) return cached;
  const edgeFields: EdgeFields = {
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
  edgeFieldsBySlot.set(slot, edgeFields);
  return edgeFields;
}
