import { fieldText, counterHolders } from '../../kernel/machine/describeEvent';
import { waiters } from '../../kernel/machine/machine';
import type { ObjectSlot } from '../../kernel/compiler/program';
import type { Snapshot } from '../trace/replay';

/** A reference to an object: by a field of another object, or by an fd of a process. */
export interface ObjectReference {
  readonly from: string;
  readonly via: string;
}

/** Every reference to an object. */
export function referencesTo(
  { program, state }: Snapshot,
  target: ObjectSlot,
): readonly ObjectReference[] {
  const references: ObjectReference[] = [];
  for (const slot of program.objects) {
    if (slot.lifetime !== undefined && state[slot.lifetime] !== 1) continue;
    for (const [via, link] of Object.entries(slot.links))
      if (link.object === target.index) references.push({ from: slot.name, via });
    for (const [via, index] of Object.entries(slot.fields)) {
      const value = state[index] ?? 0;
      if (value > 0 && program.fields[index]?.targets?.[value - 1] === target.index)
        references.push({ from: slot.name, via });
    }
  }
  for (const fd of program.fds) {
    if (program.files[fd.file]?.object === target.index && state[fd.installed] === 1)
      references.push({ from: fd.process, via: fd.name });
  }
  return references;
}

/** The value of a field for display: a bool as `true` or `false`, a completion as `done` or `not done`. */
export function fieldValueText({ program, state }: Snapshot, field: number): string {
  const kind = program.fields[field]?.kind;
  const set = state[field] !== 0;
  if (kind === 'completion') return set ? 'done' : 'not done';
  return kind === 'bool' ? String(set) : fieldText(program, state, field);
}

/** One line per holder of a counter or lock, and one per task that waits for it. */
export function holdersOf({ program, state }: Snapshot, field: number): readonly string[] {
  const holders = counterHolders(program, state, field).map(
    ({ name, label, weight }) => `${name}: ${label}${weight === 1 ? '' : ` (${weight})`}`,
  );
  const kind = program.fields[field]?.kind;
  const waiting =
    kind === 'mutex' || kind === 'completion'
      ? waiters(program, state, field).map(
          (task) => `${program.tasks[task]?.name ?? ''} waits for it`,
        )
      : [];
  return [...holders, ...waiting];
}
