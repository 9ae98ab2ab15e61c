import { evaluate } from '../language/expressions';
import type { StepEvent } from './machine';
import { waiters } from './machine';
import type { Program, Wait } from '../compiler/program';
import type { PropertyId } from '../language/propertyId';

/** One plain line for an event: "qemu takes devset s0.lock". */
export function describeEvent(
  program: Program,
  event: StepEvent,
  task: number,
  state: Int32Array,
): string {
  const who = program.tasks[task]!.name;
  const n = event.template;
  const title = (f: number): string => program.fields[f]!.title;
  const object = (o: number | undefined): string =>
    o === undefined ? '' : program.objects[o]!.name;
  switch (n.kind) {
    case 'lock':
      return `${who} takes ${title(n.field)}`;
    case 'unlock': {
      const next = waiters(program, state, n.field).find((t) => t !== task);
      return `${who} releases ${title(n.field)}${next === undefined ? '' : `; ${program.tasks[next]!.name} is first in line`}`;
    }
    case 'write':
      return `${who} sets ${title(n.field)} = ${valueText(program, n.field, event.value)}${n.release ? ' (store-release)' : ''}`;
    case 'read':
      return `${who} reads ${n.text}${n.acquire ? ' (load-acquire)' : ''}: ${n.fields.length === 1 && !/[=<>!&|]/.test(n.text) ? valueText(program, n.fields[0]!, event.value) : event.value ? 'true' : 'false'}`;
    case 'count':
      return `${who} ${n.by > 0 ? 'raises' : 'drops'} ${title(n.field)} to ${event.value}`;
    case 'alloc':
      return `${who} allocates ${object(n.object)}`;
    case 'free':
      return `${who} frees ${object(n.object)}`;
    case 'fops':
      return `${who} swaps ${object(n.object)}.f_op to the ${n.to} fops`;
    case 'fdInstall':
      return `${n.process} now has ${n.fd}`;
    case 'fdRemove':
      return `${n.process} no longer has ${n.fd}`;
    case 'queueRelease':
      return `the last reference of ${object(n.object)} is gone: its release runs at return to user`;
    case 'runRelease':
      return `${who} runs the release of ${object(n.object)}`;
    case 'complete':
      return `${who} completes ${title(n.field)}`;
    case 'wait':
      return `${who} finds ${title(n.field)} done`;
    case 'fail':
      return `${n.object === undefined ? who : object(n.object)} refuses: -${n.errno}, ${n.reason}`;
    case 'return': {
      const c = program.calls[n.call]!;
      const errno = c.errnos[event.value - 1];
      return `${who}: ${c.call.call} returns ${errno === undefined ? (c.call.as ?? '0') : `-${errno}`}`;
    }
    case 'skip':
      return `${who} skips ${program.calls[n.call]!.call.call}: ${n.missing} was not made`;
    case 'driverOp':
      return `the driver's ${n.name} op runs${n.object === undefined ? '' : ` through ${object(n.object)}`}`;
    case 'warn':
      return `WARN: ${n.reason}`;
    case 'say':
      return n.text;
    case 'violation':
      return `${n.property}: ${who} ${n.text}${caveatText(program, n.property)}`;
  }
}

/** The text after a violation: how far the design's violations of this property have been confirmed. */
export function caveatText({ model: { propertyInputs } }: Program, property: PropertyId): string {
  const caveat = propertyInputs.caveatFor?.[property] ?? propertyInputs.caveat;
  return caveat === undefined ? '' : ` (${caveat})`;
}

/** A field's value for people: a pointer's target or NULL, a mutex's owner or free, an enum's word. */
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

/** What a wait is for, as the results name it: `vfio0.comp`, `devset s0.lock`, or the missing name. */
export function waitText(program: Program, wait: Wait): string {
  return wait.kind === 'name' ? wait.name : program.fields[wait.field]!.title;
}

/** Who keeps a wait from ending: the mutex's owner, the holders of a completion's counter, the task that is to make a name. */
export function waitBlockers(program: Program, state: Int32Array, wait: Wait): string[] {
  if (wait.kind === 'mutex') return [fieldText(program, state, wait.field)];
  if (wait.kind === 'name') return [program.tasks[program.calls[wait.call]!.task]!.name];
  return counterHolders(program, state, wait.counter).map((h) => h.name);
}

/** One holder of a counter, with the reason. */
export interface CounterHolder {
  readonly object: number;
  readonly name: string;
  readonly label: string;
  readonly weight: number;
}

/** Who holds a counter now, by the design's counter laws. */
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
