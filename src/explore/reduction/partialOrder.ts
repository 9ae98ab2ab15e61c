import { fieldsRead } from '../../kernel/language/expressions';
import { eachStatement } from '../../kernel/language/statements';
import type { PackedLayout, BitField } from '../engines/packedLayout';
import type { Action, Model } from '../engines/model';

/** A set of fields as bits. */
type FieldSet = Int32Array;

/** The fields that a step may read and write on any path. */
interface Footprint {
  readonly reads: FieldSet;
  readonly writes: FieldSet;
}

/**
 * Ample sets of one task: for a state, the only task that must be expanded, or -1 for all. A task qualifies if its next step
 * is always enabled, independent of all later steps of other tasks, invisible to the properties and on no cycle. This keeps
 * terminal states and all violations, but not shortest paths. It saves one state in eight in the built-in scenarios, at most
 * about half (cdev-first). The first step of a call never qualifies, because isolatedRuns.ts needs the states before calls.
 */
export function makeAmpleTaskFinder(
  model: Model,
  layout: PackedLayout,
): ((words: Int32Array, offset: number) => number) | undefined {
  const size = Math.ceil(model.program.fields.length / 32);
  const steps = model.actions.map((list, task) =>
    list.map((action, controlState) => footprint(model, action, task, controlState, size)),
  );
  const futures = model.actions.map((list, task) =>
    futureFootprints(list, steps[task]!, model.controlStates[task]!.count, size),
  );
  const eligible = model.actions.map((list, task) =>
    list.map((action, controlState) => canBeAmple(model, action, task, controlState)),
  );
  if (!eligible.flat().includes(true)) return undefined;
  const bitFields: readonly BitField[] = model.controlStates.map((_, task) =>
    layout.bitFieldOf.get(model.program.fields.length + task)!,
  );
  const tasks = model.actions.length;
  return (words, offset) => {
    for (let task = 0; task < tasks; task++) {
      const { word, shift, mask } = bitFields[task]!;
      const controlState = (words[offset + word]! >>> shift) & mask;
      if (eligible[task]![controlState] !== true) continue;
      const { reads, writes } = steps[task]![controlState]!;
      let independent = true;
      for (let other = 0; other < tasks && independent; other++) {
        if (other === task) continue;
        const bitField = bitFields[other]!;
        const future =
          futures[other]![(words[offset + bitField.word]! >>> bitField.shift) & bitField.mask]!;
        for (let i = 0; i < size; i++) {
          if (
            (writes[i]! & (future.reads[i]! | future.writes[i]!)) !== 0 ||
            (reads[i]! & future.writes[i]!) !== 0
          ) {
            independent = false;
            break;
          }
        }
      }
      if (independent) return task;
    }
    return -1;
  };
}

function footprint(
  { program, controlStates }: Model,
  action: Action,
  task: number,
  controlState: number,
  size: number,
): Footprint {
  const reads = new Int32Array(size);
  const writes = new Int32Array(size);
  const read = (f: number): void => {
    reads[f >> 5]! |= 1 << (f & 31);
  };
  const write = (f: number): void => {
    writes[f >> 5]! |= 1 << (f & 31);
    // clean-unwind compares only fields of live objects.
    const lifetime = program.objects[program.fields[f]?.object ?? -1]?.lifetime;
    if (lifetime !== undefined) read(lifetime);
  };
  fieldsRead(action.guard, read);
  eachStatement(action.body, (s) => {
    if (s.op === 'if') fieldsRead(s.cond, read);
    if (s.op === 'set') {
      fieldsRead(s.value, read);
      write(s.field);
    }
    if (s.op === 'jump')
      for (const [f, values] of controlStates[task]!.values)
        if (values[controlState] !== values[s.pc]) write(f);
  });
  return { reads, writes };
}

/** By control state: the footprint of its step and of all steps that may follow. */
function futureFootprints(
  list: readonly Action[],
  steps: readonly Footprint[],
  count: number,
  size: number,
): Footprint[] {
  const future = Array.from({ length: count }, (_, controlState): Footprint => ({
    reads: steps[controlState]?.reads.slice() ?? new Int32Array(size),
    writes: steps[controlState]?.writes.slice() ?? new Int32Array(size),
  }));
  for (let changed = true; changed;) {
    changed = false;
    for (const [controlState, action] of list.entries()) {
      for (const to of jumpTargets(action))
        changed = addAll(future[controlState]!.reads, future[to]!.reads) || changed;
      for (const to of jumpTargets(action))
        changed = addAll(future[controlState]!.writes, future[to]!.writes) || changed;
    }
  }
  return future;
}

function addAll(into: FieldSet, from: FieldSet): boolean {
  let changed = false;
  for (let i = 0; i < into.length; i++) {
    if ((from[i]! & ~into[i]!) === 0) continue;
    into[i]! |= from[i]!;
    changed = true;
  }
  return changed;
}

/** Always enabled, invisible to properties, on no cycle, and not the first step of a call. */
function canBeAmple(
  { program, actions }: Model,
  action: Action,
  task: number,
  controlState: number,
): boolean {
  if (action.guard.op !== 'const' || action.guard.value === 0 || action.propertySetAt.size > 0)
    return false;
  if (program.calls.some((c) => c.task === task && c.start === action.pc)) return false;
  let violates = false;
  eachStatement(action.body, (s) => {
    violates ||= s.op === 'violate';
  });
  if (violates) return false;
  const reachable = new Set(jumpTargets(action));
  for (const at of reachable)
    for (const to of actions[task]![at] ? jumpTargets(actions[task]![at]!) : []) reachable.add(to);
  return !reachable.has(controlState);
}

function jumpTargets(action: Action): number[] {
  const found = new Set<number>();
  eachStatement(action.body, (s) => {
    if (s.op === 'jump') found.add(s.pc);
  });
  return [...found];
}
