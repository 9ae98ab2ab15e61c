import { fieldText } from '../../kernel/machine/describeEvent';
import { fieldsRead } from '../../kernel/language/expressions';
import { currentWait, waiters, type StepEvent } from '../../kernel/machine/machine';
import type { Field, ObjectSlot, Program } from '../../kernel/compiler/program';
import { nodeFieldNames } from '../layout/lanes';
import { fitField } from '../layout/textFit';
import type { FieldView, TaskRef } from './graph';
import { taskRef } from './taskWaits';

const NO_WAITERS: readonly TaskRef[] = [];

/** Rows of plain fields that stand as they were, by field and value: most rows of most steps. */
const unchangedViews = new WeakMap<Program, Map<number, FieldView>[]>();

/** The rows of an object's node: its fields in the order of the struct, with what the last step (and its events) changed. */
export function fieldViewsOf(
  program: Program,
  state: Int32Array,
  previous: Int32Array | undefined,
  slot: ObjectSlot,
  events: readonly StepEvent[] = [],
): FieldView[] {
  return nodeFieldNames(slot.spec).map((name): FieldView => {
    const index = slot.fields[name];
    const field = index === undefined ? undefined : program.fields[index];
    if (!field) return fixedPointerView(program, state, slot, name);
    const changed = previous !== undefined && previous[field.index] !== state[field.index];
    const order = memoryOrderOf(field.index, events);
    if (!changed && !order && field.kind !== 'mutex' && field.kind !== 'completion')
      return unchangedFieldView(program, state, field);
    const { owner, queue } = ownerAndQueue(program, state, field);
    return {
      name,
      index: field.index,
      kind: kindOf(field),
      text: textOf(program, state, field),
      previous: changed ? textOf(program, previous, field) : undefined,
      memoryOrder: order,
      owner,
      queue,
    };
  });
}

function unchangedFieldView(program: Program, state: Int32Array, field: Field): FieldView {
  const all = unchangedViews.get(program) ?? program.fields.map(() => new Map<number, FieldView>());
  unchangedViews.set(program, all);
  const value = state[field.index] ?? 0;
  const known = all[field.index]?.get(value);
  if (known) return known;
  const row: FieldView = {
    name: field.name,
    index: field.index,
    kind: kindOf(field),
    text: textOf(program, state, field),
    previous: undefined,
    memoryOrder: undefined,
    owner: undefined,
    queue: NO_WAITERS,
  };
  all[field.index]?.set(value, row);
  return row;
}

/** A pointer that never moves: a name while its target lives. */
function fixedPointerView(
  program: Program,
  state: Int32Array,
  slot: ObjectSlot,
  name: string,
): FieldView {
  const target = program.objects[slot.links[name]?.object ?? -1];
  const live =
    target !== undefined && (target.lifetime === undefined || state[target.lifetime] === 1);
  return {
    name,
    index: undefined,
    kind: 'pointer',
    text: live ? target.name : 'NULL',
    previous: undefined,
    memoryOrder: undefined,
    owner: undefined,
    queue: NO_WAITERS,
  };
}

/** What the events say of memory ordering at a field. */
function memoryOrderOf(field: number, events: readonly StepEvent[]): FieldView['memoryOrder'] {
  for (const { template: note } of events) {
    if (note.kind === 'write' && note.release && note.field === field) return 'release';
    if (note.kind === 'read' && note.acquire && note.fields.includes(field)) return 'acquire';
  }
  return undefined;
}

function kindOf(field: Field): FieldView['kind'] {
  switch (field.kind) {
    case 'mutex':
    case 'completion':
    case 'pointer':
    case 'bool':
      return field.kind;
    case 'refcount':
      return 'count';
    case 'enum':
      return field.name === 'f_op' ? 'fops' : 'value';
    default:
      return 'value';
  }
}

function textOf(program: Program, state: Int32Array, field: Field): string {
  return field.kind === 'completion'
    ? state[field.index]
      ? 'done'
      : 'not done'
    : fieldText(program, state, field.index);
}

const UNLOCKED: Pick<FieldView, 'owner' | 'queue'> = { owner: undefined, queue: NO_WAITERS };

function anyTaskQueued(program: Program, state: Int32Array): boolean {
  return program.tasks.some((task) => state[program.fields.length + task.index] !== 0);
}

/** Who holds it and who stands in line. */
function ownerAndQueue(
  program: Program,
  state: Int32Array,
  field: Field,
): Pick<FieldView, 'owner' | 'queue'> {
  if (field.kind === 'mutex') {
    const owner = state[field.index] ?? 0;
    if (owner === 0 && !anyTaskQueued(program, state)) return UNLOCKED;
    const queue = waiters(program, state, field.index).filter((task) => task !== owner - 1);
    return {
      owner: owner > 0 ? taskRef(program, owner - 1) : undefined,
      queue: queue.length > 0 ? queue.map((task) => taskRef(program, task)) : NO_WAITERS,
    };
  }
  if (field.kind === 'completion') {
    const queue = program.tasks.filter((task) => {
      const wait = currentWait(program, state, task.index);
      return wait?.kind === 'completion' && wait.field === field.index;
    });
    return { owner: undefined, queue: queue.map((task) => taskRef(program, task.index)) };
  }
  return UNLOCKED;
}

const rankCache = new WeakMap<ObjectSlot, ReadonlyMap<string, number>>();

/** How much each field of an object matters in this program, least first: what decides on access, locks, what steps write, the rest. */
function fieldRanks(program: Program, slot: ObjectSlot): ReadonlyMap<string, number> {
  const known = rankCache.get(slot);
  if (known) return known;
  const deciding = new Set<number>();
  for (const { normalAccess: normal } of program.files)
    if (normal) fieldsRead(normal, (index) => deciding.add(index));
  const rank = (field: Field | undefined): number => {
    if (!field || field.kind === 'pointer') return HIDDEN_RANK;
    if (deciding.has(field.index)) return 2;
    if (field.constant) return field.init === 0 ? HIDDEN_RANK : 6;
    return field.kind === 'mutex'
      ? 3
      : field.kind === 'refcount' || field.kind === 'completion'
        ? 4
        : 5;
  };
  const map = new Map(
    nodeFieldNames(slot.spec).map((name) => [name, rank(program.fields[slot.fields[name] ?? -1])]),
  );
  rankCache.set(slot, map);
  return map;
}

const HIDDEN_RANK = 9;

/** Names of the rows that say most, as many as there is room for: what changed and who waits, held locks, what matters in this program. What matters most in it stands first. */
export function chooseVisibleFields(
  program: Program,
  slot: ObjectSlot,
  rows: readonly FieldView[],
  room: number,
): readonly string[] {
  const ranked = fieldRanks(program, slot);
  const weight = (row: FieldView): number => {
    if (row.queue.length > 0) return 0;
    if (row.previous !== undefined || row.memoryOrder) return row.kind === 'pointer' ? 1.5 : 0.5;
    return row.owner ? 1 : (ranked.get(row.name) ?? HIDDEN_RANK);
  };
  let left = room;
  const best = rows
    .filter((row) => weight(row) < HIDDEN_RANK)
    .toSorted((a, b) => weight(a) - weight(b))
    .flatMap((row) => {
      const { lines } = fitField(row, room);
      if (lines > left) return [];
      left -= lines;
      return [row.name];
    });
  const names = rows.map((row) => row.name);
  const fixed = (name: string): number => ranked.get(name) ?? HIDDEN_RANK;
  return best.toSorted((a, b) => fixed(a) - fixed(b) || names.indexOf(a) - names.indexOf(b));
}
