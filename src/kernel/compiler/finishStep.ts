import type { Routine, StepSpec } from '../language/design';
import { all, any, binary, constant, field, fieldsRead, TRUE } from '../language/expressions';
import type { Expr } from '../language/expressions';
import { printOps } from '../language/printOps';
import type { PrintStyle } from '../language/printOps';
import { eachStatement } from '../language/statements';
import type { Statement } from '../language/statements';
import type { DraftStatement } from './draftStatements';
import { processOf } from '../language/world';
import { resultName } from './instances';
import type { EventTemplate, Field, ProgramCall, Step } from './program';

/** A lowered step whose call dependencies are not yet known. */
export interface DraftStep {
  readonly id: string;
  readonly spec: StepSpec;
  readonly routine: Routine;
  readonly name: string;
  readonly guard: Expr;
  readonly waits: Step['waits'];
  readonly body: readonly DraftStatement[];
  readonly call: number;
}

/** What finishing a step needs of the program. `pcs`: pc field per task. */
interface ProgramSoFar {
  readonly calls: readonly ProgramCall[];
  readonly pcs: readonly number[];
  readonly fields: readonly Field[];
  readonly addEvent: (template: EventTemplate) => number;
  /** How the source panel prints operations. */
  readonly style: PrintStyle;
}

/** Whether a call may end without creating its result. */
export function canFail({
  errnos,
  needs,
  afterExit,
}: Pick<ProgramCall, 'errnos' | 'needs' | 'afterExit'>): boolean {
  return afterExit || errnos.length > 0 || needs.length > 0;
}

/** The step as the program keeps it. A call's first step waits for the calls whose results it needs, and skips the call if one failed; it also waits for the calls that it must come after. */
export function finishStep(draft: DraftStep, pc: number, program: ProgramSoFar): Step {
  const call = program.calls[draft.call]!;
  let { guard, waits } = draft;
  let body = draft.body as readonly Statement[];
  const hasEnded = (c: ProgramCall): Expr =>
    binary('le', constant(c.end), field(program.pcs[c.task]!));
  const skip = (reason: string): readonly Statement[] => [
    {
      op: 'emit',
      event: program.addEvent({ kind: 'skip', call: call.index, reason }),
      value: constant(0),
    },
    { op: 'set', field: call.result, value: constant(call.errnos.length + 1) },
    { op: 'jump', pc: call.end },
  ];
  if (pc === call.start && call.afterExit) {
    guard = TRUE;
    waits = [];
    body = skip(`${processOf(call.call.by)} has exited`);
  } else if (pc === call.start && call.needs.length > 0) {
    const missing: { readonly cond: Expr; readonly name: string }[] = [];
    const done: Expr[] = [];
    for (const n of call.needs) {
      const needed = program.calls[n]!;
      const name = resultName(needed.call, n);
      if (needed.task === call.task) done.push(TRUE);
      else {
        done.push(hasEnded(needed));
        waits = [...waits, { kind: 'name', name, call: n }];
      }
      if (canFail(needed))
        missing.push({ cond: binary('ne', field(needed.result), constant(0)), name });
    }
    guard = all([...done, any([...missing.map(({ cond }) => cond), guard])]);
    for (const { cond, name } of missing.toReversed())
      body = [{ op: 'if', cond, then: skip(`${name} was not created`), otherwise: body }];
  }
  if (pc === call.start && !call.afterExit && call.after.length > 0) {
    guard = all([...call.after.map((n) => hasEnded(program.calls[n]!)), guard]);
    waits = [...call.after.map((n) => ({ kind: 'end', call: n }) as const), ...waits];
  }
  const { fields, style } = program;
  // Computed on demand: only the steps shown on screen are asked for them.
  let touches: readonly number[] | undefined;
  return {
    pc,
    id: draft.id,
    name: draft.name,
    title: draft.spec.title,
    routine: draft.routine.name,
    cite: draft.spec.cite ?? draft.routine.cite,
    confidence: draft.spec.confidence ?? 'SRC',
    call: draft.call,
    guard,
    waits,
    body,
    ops: draft.spec.ops,
    get source() {
      return sourceOf(draft.spec, style);
    },
    get touches() {
      return (touches ??= touchedFields(guard, body, fields));
    },
  };
}

/** Fields of objects that a step reads or writes. */
function touchedFields(
  guard: Expr,
  body: readonly Statement[],
  fields: readonly Field[],
): readonly number[] {
  const touches = new Set<number>();
  const add = (i: number): void => {
    if (fields[i]!.object >= 0) touches.add(i);
  };
  fieldsRead(guard, add);
  eachStatement(body, (s) => {
    if (s.op === 'set') {
      add(s.field);
      fieldsRead(s.value, add);
    }
    if (s.op === 'if') fieldsRead(s.cond, add);
  });
  return [...touches];
}

const sourceCache = new WeakMap<StepSpec, readonly string[]>();

/** The C-like lines of a step, printed once per step table. */
function sourceOf(spec: StepSpec, style: PrintStyle): readonly string[] {
  const source = sourceCache.get(spec) ?? printOps(spec.ops, style);
  sourceCache.set(spec, source);
  return source;
}
