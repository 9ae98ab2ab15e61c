import type { StepEvent } from '../../kernel/machine/machine';
import type { ObjectSlot, Program } from '../../kernel/compiler/program';
import type { FoldedChange, FieldView } from './graph';
import { fieldViewsOf } from './fieldViews';

interface StepDelta {
  readonly previous?: Int32Array | undefined;
  readonly events?: readonly StepEvent[] | undefined;
}

/** The most important change of the last step to some objects: a changed value, then a changed pointer, an allocation or a free, a read. Undefined if it did not involve them. */
export function lastChangeIn(
  program: Program,
  state: Int32Array,
  slots: readonly ObjectSlot[],
  { previous, events = [] }: StepDelta,
): FoldedChange | undefined {
  if (!previous) return undefined;
  const readFields = new Set(
    events.flatMap(({ template }) =>
      'fields' in template ? template.fields : 'field' in template ? [template.field] : [],
    ),
  );
  let best: FoldedChange | undefined;
  let lowestPriority = Infinity;
  const consider = (priority: number | undefined, change: FoldedChange): void => {
    if (priority === undefined || priority >= lowestPriority) return;
    lowestPriority = priority;
    best = change;
  };
  for (const slot of slots) {
    const object = slot.name;
    if (slot.lifetime !== undefined && previous[slot.lifetime] !== state[slot.lifetime])
      consider(2, { object, field: undefined, life: state[slot.lifetime] === 1 ? 'new' : 'freed' });
    else if (
      Object.values(slot.fields).some(
        (field) => readFields.has(field) || previous[field] !== state[field],
      )
    ) {
      for (const view of fieldViewsOf(program, state, previous, slot, events))
        consider(changePriority(view, readFields), { object, field: view, life: undefined });
    } else if (
      events.some(({ template }) => 'object' in template && template.object === slot.index)
    )
      consider(4, { object, field: undefined, life: undefined });
  }
  return best;
}

function changePriority(
  { index: field, previous, kind }: FieldView,
  readFields: ReadonlySet<number>,
): number | undefined {
  if (field === undefined) return undefined;
  if (previous !== undefined) return kind === 'pointer' ? 1 : 0;
  return readFields.has(field) ? 3 : undefined;
}
