import type { ObjectSlot } from '../kernel/program';
import type { Frame } from './frame';

/** What a selection names at a frame. */
export type Selected =
  | { readonly kind: 'object'; readonly object: ObjectSlot }
  /** A process, the kernel's side, or one of their tasks. */
  | { readonly kind: 'actor'; readonly name: string }
  | { readonly kind: 'table'; readonly table: 'parked' | 'normal'; readonly title: string };

/** Undefined where the name means nothing here. */
export function selectedAt({ program }: Frame, name: string | undefined): Selected | undefined {
  if (name === undefined) return undefined;
  const object = program.objects.find((each) => each.name === name);
  if (object) return { kind: 'object', object };
  if (
    name === 'driver' ||
    program.world.processes.includes(name) ||
    program.tasks.some((each) => each.name === name)
  )
    return { kind: 'actor', name };
  const table = name === 'fops:parked' ? 'parked' : name === 'fops:normal' ? 'normal' : undefined;
  return table && program.files.some(({ normal }) => normal)
    ? { kind: 'table', table, title: tableTitle(program.model.parked.length === 0, table) }
    : undefined;
}

/** A table of file operations; where no fops are ever swapped, the gate before the only one. */
export function tableTitle(gated: boolean, table: 'parked' | 'normal'): string {
  return gated ? `gate ${table === 'parked' ? 'closed' : 'open'}` : `${table} fops`;
}

/** How calls through a file fare: `fops parked`, or where no fops are ever swapped, `gate closed`. */
export function accessOf(gated: boolean, access: 'parked' | 'normal'): string {
  return gated ? tableTitle(true, access) : `fops ${access}`;
}
