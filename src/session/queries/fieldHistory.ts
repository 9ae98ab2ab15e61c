import { fieldText } from '../../kernel/machine/describeEvent';
import { snapshotAt, type Snapshot } from '../trace/replay';
import type { TraceNode } from '../trace/traceTree';

/** A moment at which a field took another value. */
export interface FieldChange {
  readonly depth: number;
  readonly value: string;
  /** Who did it, at which row. */
  readonly stepLabel: string;
}

/** When a field took another value on a branch. Titles name fields, since a call put in by hand moves the indices. */
export function fieldChanges(moments: readonly TraceNode[], title: string): readonly FieldChange[] {
  const changes: FieldChange[] = [];
  let before: string | undefined;
  let field = -1;
  let known: Snapshot['program'] | undefined;
  for (const moment of moments) {
    const { program, state, task, step } = snapshotAt(moment);
    if (program !== known) field = program.fields.findIndex((each) => each.title === title);
    known = program;
    const value = field < 0 ? undefined : fieldText(program, state, field);
    if (before !== undefined && value !== undefined && value !== before && step)
      changes.push({
        depth: moment.depth,
        value,
        stepLabel: `${program.tasks[task ?? -1]?.name ?? ''} ${step.id}`,
      });
    before = value ?? before;
  }
  return changes;
}

/** When an object was freed, up to a depth: `by qemu at CLOSE.3, step 57`; undefined while it was not. */
export function findFree(
  moments: readonly TraceNode[],
  depth: number,
  name: string,
): { readonly depth: number; readonly text: string } | undefined {
  for (const moment of moments.slice(0, depth + 1).toReversed()) {
    const { program, events, task, step } = snapshotAt(moment);
    if (
      events.some(
        ({ template: note }) => note.kind === 'free' && program.objects[note.object]?.name === name,
      )
    ) {
      return {
        depth: moment.depth,
        text: `by ${program.tasks[task ?? -1]?.name ?? ''} at ${step?.id ?? ''}: ${step?.title ?? ''}`,
      };
    }
  }
  return undefined;
}
