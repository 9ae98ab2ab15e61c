import { callErrorText } from '../../kernel/language/errno';
import { fieldText, waitBlockers, waitText } from '../../kernel/machine/describeEvent';
import { evaluate } from '../../kernel/language/expressions';
import {
  currentCall,
  callResult,
  callStatus,
  currentWait,
  inCall,
  initialState,
  isEnabled,
  step,
} from '../../kernel/machine/machine';
import type { ObjectSlot, Program, ProgramFile } from '../../kernel/compiler/program';
import type { PropertyId } from '../../kernel/language/propertyId';
import { optionsAsJson } from '../format/makeScenario';
import { returnValues } from './returnValues';
import { stateAt } from './scenarioRun';
import { taskName } from './taskName';
import type { Trace } from './trace';

/** One call of a run. `returns` is a number, an errno, `skipped`, or `blocked` if its task can not move; absent while the task can. */
interface RunResultCall {
  readonly by: string;
  readonly call: string;
  readonly as?: string;
  readonly returns?: number | string;
  /** What it waited for, in order; absent if it never waited. */
  readonly waited?: readonly { readonly for: string; readonly heldBy: readonly string[] }[];
  readonly steps: number;
}

/** A field's value: a number, a name or word, or null for NULL, a free mutex or an unset number. */
type RunResultValue = number | string | null;

/** What `run --json` prints (formats.md section 2): the final state of a run and its steps. */
export interface RunResult {
  readonly format: 'vfio-playground/run@1';
  readonly design: string;
  /** The user has changed or written the design; absent for a built-in one. */
  readonly modified?: true;
  readonly options: Readonly<Record<string, string | boolean>>;
  readonly calls: readonly RunResultCall[];
  readonly blocked: readonly {
    readonly by: string;
    readonly call: string;
    readonly waitsFor: string;
    readonly heldBy: readonly string[];
  }[];
  readonly skipped: readonly { readonly by: string; readonly call: string; readonly as?: string }[];
  readonly files: readonly RunResultFile[];
  readonly objects: Readonly<Record<string, Readonly<Record<string, RunResultValue>>>>;
  readonly violations: readonly {
    readonly property: PropertyId;
    readonly step: number;
    readonly by: string;
    readonly at: string;
    readonly text: string;
  }[];
  readonly steps: readonly { readonly by: string; readonly at: string; readonly text: string }[];
}

/** An open struct file; its calls reach the driver if `fops` is normal. */
interface RunResultFile {
  readonly name: string;
  readonly by: string;
  readonly kind: string;
  readonly device?: string;
  readonly group?: string;
  readonly fops: 'parked' | 'normal';
  readonly refs: number;
}

/** The result of a trace at its last step. */
export function makeRunResult(trace: Trace): RunResult {
  const { program, scenario } = trace;
  const state = stateAt(trace, trace.steps.length);
  return {
    format: 'vfio-playground/run@1',
    design: scenario.design,
    ...(program.design.modified ? { modified: true } : {}),
    options: optionsAsJson(scenario.options),
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

function callResults(trace: Trace, state: Int32Array): RunResultCall[] {
  const { program } = trace;
  const numbers = returnValues(trace);
  const waits = waitsOfCalls(trace);
  const steps = program.calls.map(() => 0);
  for (const s of trace.steps) steps[s.step.call] = (steps[s.step.call] ?? 0) + 1;
  return program.calls.map(({ index, task, call: { by, call, as } }) => {
    const errno = callResult(program, state, index);
    const status = callStatus(program, state, index);
    const returns =
      status === 'done'
        ? errno === 0
          ? (numbers.get(index) ?? 0)
          : callErrorText(errno)
        : status === 'skipped'
          ? status
          : isEnabled(program, state, task)
            ? undefined
            : 'blocked';
    const waited = waits.get(index);
    return {
      by,
      call,
      ...(as === undefined ? {} : { as }),
      ...(returns === undefined ? {} : { returns }),
      ...(waited === undefined ? {} : { waited }),
      steps: steps[index] ?? 0,
    };
  });
}

/** By call: the kernel objects that it waited for once it had begun. */
function waitsOfCalls({
  program,
  schedule,
}: Trace): ReadonlyMap<number, NonNullable<RunResultCall['waited']>> {
  const waits = new Map<number, NonNullable<RunResultCall['waited']>>();
  const waiting = new Map<number, string>();
  const state = initialState(program);
  for (const moved of schedule) {
    step(program, state, moved);
    for (const { index: task } of program.tasks) {
      const wait = inCall(program, state, task) ? currentWait(program, state, task) : undefined;
      const target = wait && waitText(program, wait);
      if (wait === undefined || target === undefined) waiting.delete(task);
      else if (waiting.get(task) !== target) {
        waiting.set(task, target);
        const call = currentCall(program, state, task)?.index ?? -1;
        const entry = { for: target, heldBy: waitBlockers(program, state, wait) };
        waits.set(call, [...(waits.get(call) ?? []), entry]);
      }
    }
  }
  return waits;
}

function blockedCalls(program: Program, state: Int32Array): RunResult['blocked'] {
  return program.tasks.flatMap((t) => {
    const wait = currentWait(program, state, t.index);
    const call = currentCall(program, state, t.index);
    return wait && call
      ? [
          {
            by: t.name,
            call: call.call.call,
            waitsFor: waitText(program, wait),
            heldBy: waitBlockers(program, state, wait),
          },
        ]
      : [];
  });
}

function fileResult(program: Program, state: Int32Array, f: ProgramFile): RunResultFile {
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

/** Whether a file has parked or normal fops. In upstream: whether access is granted. The RFC has only normal fops. */
export function fileFops(
  program: Program,
  state: Int32Array,
  file: ProgramFile,
): 'parked' | 'normal' {
  if (program.model.parkedFileKinds.length === 0)
    return program.design.id === 'rfc-opened' ||
      !file.normalAccess ||
      evaluate(file.normalAccess, state) !== 0
      ? 'normal'
      : 'parked';
  const fops = program.objects[file.object]?.fields['f_op'];
  return fops === undefined || state[fops] !== 0 ? 'normal' : 'parked';
}

function isLive(program: Program, state: Int32Array, object: number): boolean {
  const lifetime = program.objects[object]?.lifetime;
  return lifetime === undefined || state[lifetime] === 1;
}

function liveObjects(program: Program, state: Int32Array): RunResult['objects'] {
  const objects: Record<string, Record<string, RunResultValue>> = {};
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
): Record<string, RunResultValue> {
  const fields: Record<string, RunResultValue> = {};
  for (const [name, spec] of Object.entries(o.spec.fields)) {
    if ('modelOnly' in spec && spec.modelOnly) continue;
    const index = o.fields[name];
    if (index !== undefined) fields[name] = valueOf(program, state, index);
    else if (spec.kind === 'link' && spec.edge !== 'hidden') {
      const target = o.links[name]?.object;
      fields[name] = target === undefined ? null : (program.objects[target]?.name ?? null);
    }
  }
  return fields;
}

function valueOf(program: Program, state: Int32Array, index: number): RunResultValue {
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
