import { fieldText, counterHolders } from '../../kernel/machine/describeEvent';
import { waiters } from '../../kernel/machine/machine';
import type { ObjectSlot } from '../../kernel/compiler/program';
import { type Snapshot } from '../trace/replay';

/** Something that points at an object: an object by a field, or a process by an fd. */
export interface ObjectReference {
  readonly from: string;
  readonly via: string;
}

/** Who points at an object now. */
export function referencesTo(
  { program, state }: Snapshot,
  target: ObjectSlot,
): readonly ObjectReference[] {
  const found: ObjectReference[] = [];
  for (const slot of program.objects) {
    if (slot.lifetime !== undefined && state[slot.lifetime] !== 1) continue;
    for (const [by, link] of Object.entries(slot.links))
      if (link.object === target.index) found.push({ from: slot.name, via: by });
    for (const [by, index] of Object.entries(slot.fields)) {
      const value = state[index] ?? 0;
      if (value > 0 && program.fields[index]?.targets?.[value - 1] === target.index)
        found.push({ from: slot.name, via: by });
    }
  }
  for (const fd of program.fds) {
    if (program.files[fd.file]?.object === target.index && state[fd.installed] === 1)
      found.push({ from: fd.process, via: fd.name });
  }
  return found;
}

/** A field's value as people say it: a flag is true or false, a completion done or not. */
export function fieldValueText({ program, state }: Snapshot, field: number): string {
  const kind = program.fields[field]?.kind;
  const set = state[field] !== 0;
  if (kind === 'completion') return set ? 'done' : 'not done';
  return kind === 'bool' ? String(set) : fieldText(program, state, field);
}

/** Who holds a count or a lock, and who waits for it, each in words. */
export function holdersOf({ program, state }: Snapshot, field: number): readonly string[] {
  const held = counterHolders(program, state, field).map(
    ({ name, label: why, weight }) => `${name}: ${why}${weight === 1 ? '' : ` (${weight})`}`,
  );
  const kind = program.fields[field]?.kind;
  const line =
    kind === 'mutex' || kind === 'completion'
      ? waiters(program, state, field).map(
          (task) => `${program.tasks[task]?.name ?? ''} waits for it`,
        )
      : [];
  return [...held, ...line];
}
