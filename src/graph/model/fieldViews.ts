import { fieldText } from '../../kernel/machine/describeEvent';
import { evaluate, fieldsRead } from '../../kernel/language/expressions';
import { propertyById, stateChecks } from '../../kernel/properties/properties';
import { currentWait, waiters, type StepEvent } from '../../kernel/machine/machine';
import type { Field, ObjectSlot, Program } from '../../kernel/compiler/program';
import { nodeFieldNames } from '../layout/lanes';
import { fitField } from '../layout/textFit';
import { isWritten } from './fieldUse';
import type { Badge, FieldView, TaskRef } from './graph';
import { taskRef } from './taskWaits';

const NO_WAITERS: readonly TaskRef[] = [];

/** Views of unchanged fields by field and value: most fields of most steps. */
const unchangedViews = new WeakMap<Program, Map<number, FieldView>[]>();

/** The fields of an object in the order of the struct, with what the last step (`previous`, `events`) did to them. */
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
    const memoryOrder = memoryOrderOf(field.index, events);
    if (!changed && !memoryOrder && field.kind !== 'mutex' && field.kind !== 'completion')
      return unchangedFieldView(program, state, field);
    const { owner, queue } = ownerAndQueue(program, state, field);
    return {
      name,
      index: field.index,
      kind: kindOf(field),
      text: textOf(program, state, field),
      previous: changed ? textOf(program, previous, field) : undefined,
      memoryOrder,
      owner,
      queue,
    };
  });
}

function unchangedFieldView(program: Program, state: Int32Array, field: Field): FieldView {
  const cache =
    unchangedViews.get(program) ?? program.fields.map(() => new Map<number, FieldView>());
  unchangedViews.set(program, cache);
  const value = state[field.index] ?? 0;
  const cached = cache[field.index]?.get(value);
  if (cached) return cached;
  const view: FieldView = {
    name: field.name,
    index: field.index,
    kind: kindOf(field),
    text: textOf(program, state, field),
    previous: undefined,
    memoryOrder: undefined,
    owner: undefined,
    queue: NO_WAITERS,
  };
  cache[field.index]?.set(value, view);
  return view;
}

/** A pointer that never changes: the name of its target while that exists. */
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

function memoryOrderOf(field: number, events: readonly StepEvent[]): FieldView['memoryOrder'] {
  for (const { template } of events) {
    if (template.kind === 'write' && template.release && template.field === field) return 'release';
    if (template.kind === 'read' && template.acquire && template.fields.includes(field))
      return 'acquire';
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

const rankCache = new WeakMap<Program, Map<ObjectSlot, ReadonlyMap<string, number>>>();

/** Rank of each field in this program, lower first: what decides on access, locks, counters, what steps write, constants. */
function fieldRanks(program: Program, slot: ObjectSlot): ReadonlyMap<string, number> {
  const ranksBySlot = rankCache.get(program) ?? new Map<ObjectSlot, ReadonlyMap<string, number>>();
  rankCache.set(program, ranksBySlot);
  const cached = ranksBySlot.get(slot);
  if (cached) return cached;
  const deciding = new Set<number>();
  for (const { normalAccess } of program.files)
    if (normalAccess) fieldsRead(normalAccess, (index) => deciding.add(index));
  const rank = (field: Field | undefined): number => {
    if (!field || field.kind === 'pointer') return HIDDEN_RANK;
    if (deciding.has(field.index)) return 2;
    if (!isWritten(program, slot, field.name)) return field.init === 0 ? HIDDEN_RANK : 6;
    return field.kind === 'mutex'
      ? 3
      : field.kind === 'refcount' || field.kind === 'completion'
        ? 4
        : 5;
  };
  const ranks = new Map(
    nodeFieldNames(slot.spec).map((name) => [name, rank(program.fields[slot.fields[name] ?? -1])]),
  );
  ranksBySlot.set(slot, ranks);
  return ranks;
}

const HIDDEN_RANK = 9;

const NO_FIELDS: ReadonlySet<string> = new Set();

/** Names of the fields of an object that its violations are about: those that a text names, and those that a violated check reads. */
export function violatedFields(
  program: Program,
  state: Int32Array,
  slot: ObjectSlot,
  badges: readonly Badge[],
): ReadonlySet<string> {
  const violations = badges.filter(({ kind }) => kind === 'violation');
  if (violations.length === 0) return NO_FIELDS;
  const words = new Set(violations.flatMap(({ text }) => text.split(/[^\w]+/)));
  const shown = nodeFieldNames(slot.spec);
  const names = new Set(shown.filter((name) => words.has(name)));
  if (names.size > 0) return names;
  for (const { property, object, violatedWhen } of stateChecks(program))
    if (
      object === slot.index &&
      violations.some(({ title }) => title === propertyById(property).title) &&
      evaluate(violatedWhen, state) !== 0
    )
      fieldsRead(violatedWhen, (index) => {
        const field = program.fields[index];
        if (field?.object === slot.index && shown.includes(field.name)) names.add(field.name);
      });
  return names;
}

/** Names of the fields to show in `maxRows` rows: violated fields, fields with waiters, changed ones and held locks take precedence over ranks. The result is in order of rank, so that fields do not move. */
export function chooseVisibleFields(
  program: Program,
  slot: ObjectSlot,
  views: readonly FieldView[],
  maxRows: number,
  violated: ReadonlySet<string> = NO_FIELDS,
): readonly string[] {
  const ranks = fieldRanks(program, slot);
  const priority = (view: FieldView): number => {
    if (violated.has(view.name)) return -1;
    if (view.queue.length > 0) return 0;
    if (view.previous !== undefined || view.memoryOrder) return view.kind === 'pointer' ? 1.5 : 0.5;
    return view.owner ? 1 : (ranks.get(view.name) ?? HIDDEN_RANK);
  };
  let rowsLeft = maxRows;
  const chosen = views
    .filter((view) => priority(view) < HIDDEN_RANK)
    .toSorted((a, b) => priority(a) - priority(b))
    .flatMap((view) => {
      const { lines } = fitField(view, maxRows);
      if (lines > rowsLeft) return [];
      rowsLeft -= lines;
      return [view.name];
    });
  const names = views.map((view) => view.name);
  const rankOf = (name: string): number => ranks.get(name) ?? HIDDEN_RANK;
  return chosen.toSorted((a, b) => rankOf(a) - rankOf(b) || names.indexOf(a) - names.indexOf(b));
}
