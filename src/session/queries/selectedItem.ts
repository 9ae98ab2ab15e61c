import type { ObjectSlot } from '../../kernel/compiler/program';
import { accessFlagOf, fopsTitle } from '../../graph/model/accessText';
import type { Snapshot } from '../trace/replay';

/** What the selection names. */
export type SelectedItem =
  | { readonly kind: 'object'; readonly object: ObjectSlot }
  /** A process, the driver, or a task. */
  | { readonly kind: 'caller'; readonly name: string }
  | { readonly kind: 'fops'; readonly fops: 'parked' | 'normal'; readonly title: string };

/** The item with that name; undefined if this program has none. */
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
    return { kind: 'caller', name };
  const fops = name === 'fops:parked' ? 'parked' : name === 'fops:normal' ? 'normal' : undefined;
  return fops && program.files.some(({ normalAccess }) => normalAccess)
    ? { kind: 'fops', fops, title: fopsTitle(accessFlagOf(program.model), fops) }
    : undefined;
}
