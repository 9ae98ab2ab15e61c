import { modifiedDesignText } from '../language/design';
import type { DesignModel } from '../language/design';
import { evaluate } from '../language/expressions';
import type { StepEvent } from './machine';
import { isWaitForCall, waiters } from './machine';
import { callErrorText } from '../language/errno';
import type { RwsemMode } from '../language/primitives';
import type { EventTemplate, Program, Wait } from '../compiler/program';
import type { PropertyId } from '../language/propertyId';

/** One line of screen text for an event: "qemu takes devset s0.lock". */
export function describeEvent(
  program: Program,
  event: StepEvent,
  task: number,
  state: Int32Array,
): string {
  const taskName = program.tasks[task]!.name;
  const { template } = event;
  const title = (f: number): string => program.fields[f]!.title;
  const object = (o: number | undefined): string =>
    o === undefined ? '' : program.objects[o]!.name;
  switch (template.kind) {
    case 'lock':
      return `${taskName} takes ${title(template.field)}${rwsemText(template)}`;
    case 'trylock':
      return `${taskName} takes ${title(template.field)}${rwsemText(template)} without waiting`;
    case 'unlock': {
      const next = waiters(program, state, template.field).find((t) => t !== task);
      return `${taskName} releases ${title(template.field)}${next === undefined ? '' : `; ${program.tasks[next]!.name} is the next waiter`}`;
    }
    case 'write':
      return `${taskName} sets ${title(template.field)} = ${valueText(program, template.field, event.value)}${template.release ? ' (store-release)' : ''}`;
    case 'read':
      return `${taskName} reads ${readText(program, template, event.value)}`;
    case 'count':
      return `${taskName} ${template.by > 0 ? 'increments' : 'decrements'} ${title(template.field)} to ${event.value}`;
    case 'alloc':
      return `${taskName} allocates ${object(template.object)}`;
    case 'free':
      return `${taskName} frees ${object(template.object)}`;
    case 'fops':
      return `${taskName} swaps ${object(template.object)}.f_op to the ${template.to} fops`;
    case 'fdInstall':
      return `${template.process} now has ${template.fd}`;
    case 'fdRemove':
      return `${template.process} no longer has ${template.fd}`;
    case 'queueRelease':
      return `the last reference of ${object(template.object)} is dropped: its release runs at return to user`;
    case 'runRelease':
      return `${taskName} runs the release of ${object(template.object)}`;
    case 'complete':
      return `${taskName} completes ${title(template.field)}`;
    case 'wait':
      return `${taskName} sees that ${title(template.field)} is done`;
    case 'fail':
      return `${taskName} fails with ${callErrorText(template.errno)}${template.object === undefined ? '' : ` at ${object(template.object)}`}: ${template.reason}`;
    case 'return': {
      const c = program.calls[template.call]!;
      const errno = c.errnos[event.value - 1];
      return `${taskName}: ${c.call.call} returns ${errno === undefined ? (c.call.as ?? '0') : callErrorText(errno)}`;
    }
    case 'skip':
      return `${taskName} skips ${program.calls[template.call]!.call.call}: ${template.reason}`;
    case 'driverOp':
      return `the driver's ${template.name} op runs${template.object === undefined ? '' : ` through ${object(template.object)}`}`;
    case 'warn':
      return `WARN: ${template.reason}`;
    case 'say':
      return template.text;
    case 'violation':
      return `${template.property}: ${taskName} ${template.text}${caveatText(program, template.property, template.text)}`;
  }
}

function readText(
  program: Program,
  { text, fields, acquire }: Extract<EventTemplate, { kind: 'read' }>,
  value: number,
): string {
  const mark = acquire ? ' (load-acquire)' : '';
  const [first] = fields;
  if (first === undefined || !/^[\w.]+(?:->\w+)*$/.test(text))
    return `${text}${mark}: ${value ? 'true' : 'false'}`;
  const { title, kind } = program.fields[first]!;
  if (fields.length === 1) return `${title}${mark}: ${valueText(program, first, value)}`;
  // Pointers that the path may lead to can number their targets differently.
  const read =
    kind === 'pointer' ? (value ? 'not NULL' : 'NULL') : valueText(program, first, value);
  return `${text}${mark}: ${read}`;
}

function rwsemText({ rwsem }: { readonly rwsem?: RwsemMode }): string {
  return rwsem === undefined ? '' : rwsem === 'read' ? ' for reading' : ' for writing';
}

/** The text after a violation: how far the design's violations of this property have been confirmed, or that the user modified the design. */
export function caveatText(
  { design, model }: Pick<Program, 'design' | 'model'>,
  property: PropertyId,
  violation = '',
): string {
  const note = modifiedDesignText(design);
  if (note !== undefined) return ` (${note})`;
  const caveat = caveatOf(model, property, violation);
  return caveat === undefined ? '' : ` (${caveat})`;
}

/** Who found a violation of a property, and how: that of a field that the text of the violation names, else of the property. */
export function caveatOf(
  { propertyInputs: { caveat, caveatFor = {} } }: DesignModel,
  property: PropertyId,
  violation = '',
): string | undefined {
  const named = Object.entries(caveatFor).find(
    ([of]) => of.includes('.') && new RegExp(`\\.${of.split('.')[1]}\\b`).test(violation),
  );
  return named?.[1] ?? caveatFor[property] ?? caveat;
}

/** A field's value as screen text: a pointer's target or NULL, a mutex's owner or "free", an enum's name. */
export function fieldText(program: Program, state: Int32Array, field: number): string {
  return valueText(program, field, state[field]!);
}

function valueText(program: Program, index: number, value: number): string {
  const f = program.fields[index]!;
  switch (f.kind) {
    case 'pointer':
      return value === 0
        ? 'NULL'
        : (program.objects[f.targets![value - 1] ?? -1]?.name ?? String(value));
    case 'mutex':
      return value === 0 ? 'free' : program.tasks[value - 1]!.name;
    case 'task':
      return value === 0 ? 'none' : program.tasks[value - 1]!.name;
    case 'enum':
      return f.enumValues![value] ?? String(value);
    case 'number':
      return value === 0 ? '-' : String(value - 1);
    case 'life':
      return ['not allocated', 'live', 'freed'][value] ?? String(value);
    default:
      return String(value);
  }
}

/** What a task waits for, as in the run JSON: `vfio0.comp`, `devset s0.lock`, the name of a result, or the call that must end first. */
export function waitText(program: Program, wait: Wait): string {
  if (wait.kind === 'end') {
    const { by, call } = program.calls[wait.call]!.call;
    return `the end of ${by}'s ${call}`;
  }
  return wait.kind === 'name' ? wait.name : program.fields[wait.field]!.title;
}

/** What a wait is blocked by: the mutex owner, the holders of the completion's counter, or the task that makes the awaited call. */
export function waitBlockers(program: Program, state: Int32Array, wait: Wait): string[] {
  if (wait.kind === 'mutex') return [fieldText(program, state, wait.field)];
  if (isWaitForCall(wait)) return [program.tasks[program.calls[wait.call]!.task]!.name];
  return counterHolders(program, state, wait.counter).map((h) => h.name);
}

/** A holder of a counter in one state. */
export interface CounterHolder {
  readonly object: number;
  readonly name: string;
  readonly label: string;
  readonly weight: number;
}

/** The holders of a counter in this state, from the design's `CounterSpec`s. */
export function counterHolders(
  program: Program,
  state: Int32Array,
  counter: number,
): CounterHolder[] {
  return program.counters
    .filter((c) => c.field === counter)
    .flatMap((c) =>
      c.holders
        .filter((h) => evaluate(h.when, state) !== 0)
        .map((h) => ({
          object: h.object,
          name: program.objects[h.object]!.name,
          label: h.label,
          weight: h.weight,
        })),
    );
}
