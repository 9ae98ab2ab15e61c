import { any, binary, constant, field } from '../language/expressions';
import { processOf } from '../language/world';
import { flushStore } from './draftStatements';
import type { Field, Program, ProgramCall, Step, Task } from './program';
import type { StoreBuffers } from './scope';
import type { FieldBounds, StateLayout } from './stateLayout';

/** The field that holds one task's delayed store to one access flag: 0 for none, else the value plus 1. */
export interface StoreBufferField {
  readonly task: number;
  readonly flag: number;
  readonly buffer: number;
}

/** Appends one buffer field per task and access flag to the layout. */
export function addStoreBufferFields(
  layout: StateLayout,
  taskNames: readonly string[],
  bounds: readonly FieldBounds[] | undefined,
): readonly StoreBufferField[] {
  const buffers: StoreBufferField[] = [];
  for (const flag of layout.fields.filter((f) => isAccessFlag(layout, f))) {
    taskNames.forEach((name, task) => {
      const index = layout.fields.length;
      layout.fields.push({
        index,
        object: flag.object,
        name: `${flag.name}@${name}`,
        title: `${flag.title} in the store buffer of ${name}`,
        kind: 'int',
        lo: 0,
        hi: flag.hi + 1,
        init: 0,
        constant: bounds ? !bounds[index]!.written : false,
      });
      buffers.push({ task, flag: flag.index, buffer: index });
    });
  }
  return buffers;
}

function isAccessFlag(layout: StateLayout, f: Field): boolean {
  if (f.object < 0) return false;
  const { spec } = layout.objects[f.object]!;
  const s = spec.fields[f.name];
  return (
    (spec.type === 'file' && f.name === 'f_op') || (s?.kind === 'bool' && s.accessFlag === true)
  );
}

/** Whether a task stands for the store buffer of another one. It makes no call: a step of it makes delayed stores visible. */
export function isStoreBufferFlush({ tasks }: Pick<Program, 'tasks'>, task: number): boolean {
  return tasks[task]?.name.includes(':') === true;
}

/** The buffers as one task sees them. */
export function storeBuffersOf(
  task: number,
  buffers: readonly StoreBufferField[],
  fields: readonly Field[],
): StoreBuffers {
  const others = new Map<number, number[]>();
  for (const b of buffers)
    if (b.task !== task && !fields[b.buffer]!.constant)
      others.set(b.flag, [...(others.get(b.flag) ?? []), b.buffer]);
  return {
    own: new Map(buffers.filter((b) => b.task === task).map((b) => [b.flag, b.buffer])),
    others,
  };
}

/** One extra task per task that may have a delayed store: its only step flushes the buffer, at any time. Appends the pc fields. */
export function flushTasks(
  designId: string,
  taskNames: readonly string[],
  buffers: readonly StoreBufferField[],
  fields: Field[],
  calls: readonly ProgramCall[],
): Task[] {
  return taskNames
    .flatMap((name, task) => {
      const own = buffers.filter((b) => b.task === task && !fields[b.buffer]!.constant);
      return own.length === 0 ? [] : [{ name, own }];
    })
    .map(({ name, own }, i): Task => {
      const pc = fields.length;
      fields.push({
        index: pc,
        object: -1,
        name: 'pc',
        title: `${name}:flush.pc`,
        kind: 'pc',
        lo: 0,
        hi: 1,
        init: 0,
        constant: true,
      });
      const step: Step = {
        pc: 0,
        id: 'FLUSH',
        name: `${designId}/flush/FLUSH`,
        title: `flush the store buffer of ${name} to memory`,
        routine: 'store buffer',
        cite: 'memory-barriers.txt, v6.6; docs/kernel-facts.md, Publication',
        confidence: 'DERIVED',
        call: calls.find((c) => taskNames[c.task] === name)!.index,
        guard: any(own.map((b) => binary('ne', field(b.buffer), constant(0)))),
        waits: [],
        body: [...own.map((b) => flushStore(b.flag, b.buffer)), { op: 'jump', pc: 0 }],
        source: [`/* delayed stores of ${name} become visible */`],
        ops: [],
        touches: own.flatMap((b) => [b.flag, b.buffer]),
      };
      return {
        index: taskNames.length + i,
        name: `${name}:flush`,
        process: processOf(name),
        pc,
        steps: [step],
      };
    });
}
