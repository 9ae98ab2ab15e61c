import { fieldText } from '../kernel/describe';
import { fieldsRead } from '../kernel/expr';
import { waitOf, waiters, type Event } from '../kernel/machine';
import type { Field, ObjectSlot, Program } from '../kernel/program';
import { fieldNames } from './lanes';
import { settingOf } from './lettering';
import type { Row, TaskMark } from './graph';
import { taskMark } from './marks';

const NOBODY: readonly TaskMark[] = [];

/** Rows of plain fields that stand as they were, by field and value: most rows of most steps. */
const quietRows = new WeakMap<Program, Map<number, Row>[]>();

/** The rows of an object's node: its fields in the order of the struct, with what the last step (and its events) changed. */
export function rowsOf(
  program: Program,
  state: Int32Array,
  previous: Int32Array | undefined,
  slot: ObjectSlot,
  events: readonly Event[] = [],
): Row[] {
  return fieldNames(slot.spec).map((name): Row => {
    const index = slot.fields[name];
    const field = index === undefined ? undefined : program.fields[index];
    if (!field) return linkRow(program, state, slot, name);
    const changed = previous !== undefined && previous[field.index] !== state[field.index];
    const order = orderOf(field.index, events);
    if (!changed && !order && field.kind !== 'mutex' && field.kind !== 'completion')
      return quietRow(program, state, field);
    const { owner, queue } = lineOf(program, state, field);
    return {
      name,
      field: field.index,
      kind: kindOf(field),
      text: textOf(program, state, field),
      was: changed ? textOf(program, previous, field) : undefined,
      order,
      owner,
      queue,
    };
  });
}

function quietRow(program: Program, state: Int32Array, field: Field): Row {
  const all = quietRows.get(program) ?? program.fields.map(() => new Map<number, Row>());
  quietRows.set(program, all);
  const value = state[field.index] ?? 0;
  const known = all[field.index]?.get(value);
  if (known) return known;
  const row: Row = {
    name: field.name,
    field: field.index,
    kind: kindOf(field),
    text: textOf(program, state, field),
    was: undefined,
    order: undefined,
    owner: undefined,
    queue: NOBODY,
  };
  all[field.index]?.set(value, row);
  return row;
}

/** A pointer that never moves: a name while its target lives. */
function linkRow(program: Program, state: Int32Array, slot: ObjectSlot, name: string): Row {
  const target = program.objects[slot.links[name]?.object ?? -1];
  const live = target !== undefined && (target.life === undefined || state[target.life] === 1);
  return {
    name,
    field: undefined,
    kind: 'pointer',
    text: live ? target.name : 'NULL',
    was: undefined,
    order: undefined,
    owner: undefined,
    queue: NOBODY,
  };
}

/** What the events say of memory ordering at a field. */
function orderOf(field: number, events: readonly Event[]): Row['order'] {
  for (const { note } of events) {
    if (note.kind === 'write' && note.release && note.field === field) return 'release';
    if (note.kind === 'read' && note.acquire && note.fields.includes(field)) return 'acquire';
  }
  return undefined;
}

function kindOf(field: Field): Row['kind'] {
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

const NO_LINE: Pick<Row, 'owner' | 'queue'> = { owner: undefined, queue: NOBODY };

function anyQueued(program: Program, state: Int32Array): boolean {
  return program.tasks.some((task) => state[program.fields.length + task.index] !== 0);
}

/** Who holds it and who stands in line. */
function lineOf(program: Program, state: Int32Array, field: Field): Pick<Row, 'owner' | 'queue'> {
  if (field.kind === 'mutex') {
    const owner = state[field.index] ?? 0;
    if (owner === 0 && !anyQueued(program, state)) return NO_LINE;
    const queue = waiters(program, state, field.index).filter((task) => task !== owner - 1);
    return {
      owner: owner > 0 ? taskMark(program, owner - 1) : undefined,
      queue: queue.length > 0 ? queue.map((task) => taskMark(program, task)) : NOBODY,
    };
  }
  if (field.kind === 'completion') {
    const queue = program.tasks.filter((task) => {
      const wait = waitOf(program, state, task.index);
      return wait?.kind === 'completion' && wait.field === field.index;
    });
    return { owner: undefined, queue: queue.map((task) => taskMark(program, task.index)) };
  }
  return NO_LINE;
}

const ranks = new WeakMap<ObjectSlot, ReadonlyMap<string, number>>();

/** How much each field of an object matters in this program, least first: what decides on access, locks, what steps write, the rest. */
function ranksOf(program: Program, slot: ObjectSlot): ReadonlyMap<string, number> {
  const known = ranks.get(slot);
  if (known) return known;
  const deciding = new Set<number>();
  for (const { normal } of program.files)
    if (normal) fieldsRead(normal, (index) => deciding.add(index));
  const rank = (field: Field | undefined): number => {
    if (!field || field.kind === 'pointer') return HIDDEN;
    if (deciding.has(field.index)) return 2;
    if (field.constant) return field.init === 0 ? HIDDEN : 6;
    return field.kind === 'mutex'
      ? 3
      : field.kind === 'refcount' || field.kind === 'completion'
        ? 4
        : 5;
  };
  const map = new Map(
    fieldNames(slot.spec).map((name) => [name, rank(program.fields[slot.fields[name] ?? -1])]),
  );
  ranks.set(slot, map);
  return map;
}

const HIDDEN = 9;

/** Names of the rows that say most, as many as there is room for: what changed and who waits, held locks, what matters in this program. What matters most in it stands first. */
export function shownRows(
  program: Program,
  slot: ObjectSlot,
  rows: readonly Row[],
  room: number,
): readonly string[] {
  const ranked = ranksOf(program, slot);
  const weight = (row: Row): number => {
    if (row.queue.length > 0) return 0;
    if (row.was !== undefined || row.order) return row.kind === 'pointer' ? 1.5 : 0.5;
    return row.owner ? 1 : (ranked.get(row.name) ?? HIDDEN);
  };
  let left = room;
  const best = rows
    .filter((row) => weight(row) < HIDDEN)
    .toSorted((a, b) => weight(a) - weight(b))
    .flatMap((row) => {
      const { lines } = settingOf(row, room);
      if (lines > left) return [];
      left -= lines;
      return [row.name];
    });
  const names = rows.map((row) => row.name);
  const fixed = (name: string): number => ranked.get(name) ?? HIDDEN;
  return best.toSorted((a, b) => fixed(a) - fixed(b) || names.indexOf(a) - names.indexOf(b));
}
