import { fieldText, waitHolders, waitText } from '../kernel/describe';
import { evaluate } from '../kernel/expr';
import { callAt, callResult, callStatus, waitOf } from '../kernel/machine';
import type { ObjectSlot, Program, ProgramFile } from '../kernel/program';
import type { PropertyId } from '../kernel/propertyId';
import { optionValues } from './make';
import { callNumbers } from './numbers';
import { stateAt } from './run';
import type { Trace } from './trace';

/** One call of a run; `returns` is absent for a call that has not returned or was skipped. */
interface ResultCall {
  readonly by: string;
  readonly call: string;
  readonly as?: string;
  readonly returns?: number | string;
  readonly steps: number;
}

/** A field's value in a result: a number, a name or word, or null for NULL, a free mutex and no number. */
type ResultValue = number | string | null;

/** What `run --json` prints (formats.md section 2): the end of a run and how it came about. */
export interface RunResult {
  readonly format: 'vfio-playground/run@1';
  readonly design: string;
  readonly options: Readonly<Record<string, string | boolean>>;
  readonly calls: readonly ResultCall[];
  readonly blocked: readonly {
    readonly by: string;
    readonly call: string;
    readonly waitsFor: string;
    readonly heldBy: readonly string[];
  }[];
  readonly skipped: readonly { readonly by: string; readonly call: string; readonly as?: string }[];
  readonly files: readonly ResultFile[];
  readonly objects: Readonly<Record<string, Readonly<Record<string, ResultValue>>>>;
  readonly violations: readonly {
    readonly property: PropertyId;
    readonly step: number;
    readonly by: string;
    readonly at: string;
    readonly text: string;
  }[];
  readonly steps: readonly { readonly by: string; readonly at: string; readonly text: string }[];
}

/** An open struct file; `fops` says whether its calls reach the driver. */
interface ResultFile {
  readonly name: string;
  readonly by: string;
  readonly kind: string;
  readonly device?: string;
  readonly group?: string;
  readonly fops: 'parked' | 'normal';
  readonly refs: number;
}

/** The result of a trace, at its end. */
export function makeResult(trace: Trace): RunResult {
  const { program, scenario } = trace;
  const state = stateAt(trace, trace.steps.length);
  return {
    format: 'vfio-playground/run@1',
    design: scenario.design,
    options: optionValues(scenario.options),
    calls: callResults(trace, state),
    blocked: blockedCalls(program, state),
    skipped: program.calls
      .filter((c) => callStatus(program, state, c.index) === 'skipped')
      .map(({ call: { by, call, as } }) => ({ by, call, ...(as === undefined ? {} : { as }) })),
    files: program.files
      .filter((f) => isLive(program, state, f.object))
      .map((f) => fileResult(program, state, f)),
    objects: liveObjects(program, state),
    violations: trace.steps.flatMap((s) =>
      s.violations.map((v) => ({
        property: v.property,
        step: s.index,
        by: taskName(program, s.task),
        at: s.step.id,
        text: v.text,
      })),
    ),
    steps: trace.steps.map((s) => ({
      by: taskName(program, s.task),
      at: s.step.id,
      text: s.texts.join('; '),
    })),
  };
}

function callResults(trace: Trace, state: Int32Array): ResultCall[] {
  const { program } = trace;
  const numbers = callNumbers(trace);
  const steps = program.calls.map(() => 0);
  for (const s of trace.steps) steps[s.step.call] = (steps[s.step.call] ?? 0) + 1;
  return program.calls.map(({ index, call: { by, call, as } }) => {
    const errno = callResult(program, state, index);
    const returned =
      callStatus(program, state, index) === 'done'
        ? { returns: errno === 0 ? (numbers.get(index) ?? 0) : `-${errno}` }
        : {};
    return { by, call, ...(as === undefined ? {} : { as }), ...returned, steps: steps[index] ?? 0 };
  });
}

function blockedCalls(program: Program, state: Int32Array): RunResult['blocked'] {
  return program.tasks.flatMap((t) => {
    const wait = waitOf(program, state, t.index);
    const call = callAt(program, state, t.index);
    return wait && call
      ? [
          {
            by: t.name,
            call: call.call.call,
            waitsFor: waitText(program, wait),
            heldBy: waitHolders(program, state, wait),
          },
        ]
      : [];
  });
}

function fileResult(program: Program, state: Int32Array, f: ProgramFile): ResultFile {
  const count = program.objects[f.object]?.fields['f_count'];
  return {
    name: f.name,
    by: f.by,
    kind: f.kind,
    ...(f.device === undefined ? {} : { device: f.device }),
    ...(f.group === undefined || f.device !== undefined ? {} : { group: f.group }),
    fops: fileFops(program, state, f),
    refs: count === undefined ? 0 : (state[count] ?? 0),
  };
}

/** Parked or normal fops; in upstream the access gate stands for them, and the RFC has only one table. */
export function fileFops(
  program: Program,
  state: Int32Array,
  file: ProgramFile,
): 'parked' | 'normal' {
  if (program.model.parked.length === 0)
    return program.design.id === 'rfc-opened' || !file.normal || evaluate(file.normal, state) !== 0
      ? 'normal'
      : 'parked';
  const fops = program.objects[file.object]?.fields['f_op'];
  return fops === undefined || state[fops] !== 0 ? 'normal' : 'parked';
}

function isLive(program: Program, state: Int32Array, object: number): boolean {
  const life = program.objects[object]?.life;
  return life === undefined || state[life] === 1;
}

function liveObjects(program: Program, state: Int32Array): RunResult['objects'] {
  const objects: Record<string, Record<string, ResultValue>> = {};
  for (const o of program.objects) {
    if (o.type === 'fd' || !isLive(program, state, o.index)) continue;
    objects[Object.hasOwn(objects, o.name) ? `${o.type} ${o.name}` : o.name] = objectFields(
      program,
      state,
      o,
    );
  }
  return objects;
}

function objectFields(
  program: Program,
  state: Int32Array,
  o: ObjectSlot,
): Record<string, ResultValue> {
  const fields: Record<string, ResultValue> = {};
  for (const [name, spec] of Object.entries(o.spec.fields)) {
    if (spec.kind === 'pointer' && spec.bookkeeping) continue;
    const index = o.fields[name];
    if (index !== undefined) fields[name] = valueOf(program, state, index);
    else if (spec.kind === 'link' && spec.edge !== 'hidden') {
      const target = o.links[name]?.object;
      fields[name] = target === undefined ? null : (program.objects[target]?.name ?? null);
    }
  }
  return fields;
}

function valueOf(program: Program, state: Int32Array, index: number): ResultValue {
  const f = program.fields[index];
  const value = state[index] ?? 0;
  switch (f?.kind) {
    case 'pointer':
    case 'mutex':
    case 'task':
      return value === 0 ? null : fieldText(program, state, index);
    case 'number':
      return value === 0 ? null : value - 1;
    case 'enum':
      return fieldText(program, state, index);
    default:
      return value;
  }
}

function taskName(program: Program, task: number): string {
  return program.tasks[task]?.name ?? String(task);
}
