import type { ObjectSlot } from '../../kernel/compiler/program';
import { fopsTitle } from '../../graph/model/accessText';
import type { Snapshot } from '../trace/replay';

/** What a selection names at a frame. */
export type SelectedItem =
  | { readonly kind: 'object'; readonly object: ObjectSlot }
  /** A process, the kernel's side, or one of their tasks. */
  | { readonly kind: 'actor'; readonly name: string }
  | { readonly kind: 'table'; readonly fops: 'parked' | 'normal'; readonly title: string };

/** Undefined where the name means nothing here. */
export function resolveSelection(
  { program }: Snapshot,
  name: string | undefined,
): SelectedItem | undefined {
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
  return table && program.files.some(({ normalAccess: normal }) => normal)
    ? {
        kind: 'table',
        fops: table,
        title: fopsTitle(program.model.parkedFileKinds.length === 0, table),
      }
    : undefined;
}
