import type { Event } from '../kernel/machine';
import type { ObjectSlot, Program } from '../kernel/program';
import type { FoldedTouch, Row } from './graph';
import { rowsOf } from './rows';

interface Step {
  readonly previous?: Int32Array | undefined;
  readonly events?: readonly Event[] | undefined;
}

/** What says most of the last step among what it did to some objects: what it changed, then what came or went, then what it only read. A pointer is told by an edge. */
export function touchOf(
  program: Program,
  state: Int32Array,
  slots: readonly ObjectSlot[],
  { previous, events = [] }: Step,
): FoldedTouch | undefined {
  if (!previous) return undefined;
  const read = new Set(
    events.flatMap(({ note }) =>
      'fields' in note ? note.fields : 'field' in note ? [note.field] : [],
    ),
  );
  let best: FoldedTouch | undefined;
  let least = Infinity;
  const offer = (weight: number | undefined, touch: FoldedTouch): void => {
    if (weight === undefined || weight >= least) return;
    least = weight;
    best = touch;
  };
  for (const slot of slots) {
    const object = slot.name;
    if (slot.life !== undefined && previous[slot.life] !== state[slot.life])
      offer(2, { object, row: undefined, life: state[slot.life] === 1 ? 'new' : 'freed' });
    else if (
      Object.values(slot.fields).some(
        (field) => read.has(field) || previous[field] !== state[field],
      )
    ) {
      for (const row of rowsOf(program, state, previous, slot, events))
        offer(weightOf(row, read), { object, row, life: undefined });
    } else if (events.some(({ note }) => 'object' in note && note.object === slot.index))
      offer(4, { object, row: undefined, life: undefined });
  }
  return best;
}

function weightOf({ field, was, kind }: Row, read: ReadonlySet<number>): number | undefined {
  if (field === undefined) return undefined;
  if (was !== undefined) return kind === 'pointer' ? 1 : 0;
  return read.has(field) ? 3 : undefined;
}
