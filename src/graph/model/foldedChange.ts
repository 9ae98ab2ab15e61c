import type { StepEvent } from '../../kernel/machine/machine';
import type { ObjectSlot, Program } from '../../kernel/compiler/program';
import type { FoldedChange, FieldView } from './graph';
import { fieldViewsOf } from './fieldViews';

interface StepDelta {
  readonly previous?: Int32Array | undefined;
  readonly events?: readonly StepEvent[] | undefined;
}

/** What says most of the last step among what it did to some objects: what it changed, then what came or went, then what it only read. A pointer is told by an edge. */
export function lastChangeIn(
  program: Program,
  state: Int32Array,
  slots: readonly ObjectSlot[],
  { previous, events = [] }: StepDelta,
): FoldedChange | undefined {
  if (!previous) return undefined;
  const read = new Set(
    events.flatMap(({ template: note }) =>
      'fields' in note ? note.fields : 'field' in note ? [note.field] : [],
    ),
  );
  let best: FoldedChange | undefined;
  let least = Infinity;
  const offer = (weight: number | undefined, touch: FoldedChange): void => {
    if (weight === undefined || weight >= least) return;
    least = weight;
    best = touch;
  };
  for (const slot of slots) {
    const object = slot.name;
    if (slot.lifetime !== undefined && previous[slot.lifetime] !== state[slot.lifetime])
      offer(2, { object, field: undefined, life: state[slot.lifetime] === 1 ? 'new' : 'freed' });
    else if (
      Object.values(slot.fields).some(
        (field) => read.has(field) || previous[field] !== state[field],
      )
    ) {
      for (const row of fieldViewsOf(program, state, previous, slot, events))
        offer(changePriority(row, read), { object, field: row, life: undefined });
    } else if (events.some(({ template: note }) => 'object' in note && note.object === slot.index))
      offer(4, { object, field: undefined, life: undefined });
  }
  return best;
}

function changePriority(
  { index: field, previous: was, kind }: FieldView,
  read: ReadonlySet<number>,
): number | undefined {
  if (field === undefined) return undefined;
  if (was !== undefined) return kind === 'pointer' ? 1 : 0;
  return read.has(field) ? 3 : undefined;
}
