import { evaluate } from '../language/expressions';
import type { CallError } from '../language/errno';
import type { EventTemplate, Program, ProgramCall, Step, Wait } from '../compiler/program';
import type { Statement } from '../language/statements';

/** An event of a step, with the value that was read or stored. */
export interface StepEvent {
  readonly template: EventTemplate;
  readonly value: number;
}

/** A reusable list of (event template index, value) pairs; `step` allocates only when it must grow. */
export interface EventBuffer {
  data: Int32Array;
  length: number;
}

/** An empty buffer, reusable for any number of steps. */
export function makeEventBuffer(): EventBuffer {
  return { data: new Int32Array(64), length: 0 };
}

/** The events of the last step, in order. */
export function readEvents(program: Program, buffer: EventBuffer): StepEvent[] {
  const events: StepEvent[] = [];
  for (let i = 0; i < buffer.length; i += 2)
    events.push({ template: program.eventTemplates[buffer.data[i]!]!, value: buffer.data[i + 1]! });
  return events;
}

/** The initial state: one element per field, then per task its position in a mutex wait list (0: not waiting). */
export function initialState(program: Program): Int32Array {
  const state = new Int32Array(program.fields.length + program.tasks.length);
  program.fields.forEach((f) => {
    state[f.index] = f.init;
  });
  return state;
}

/** The next step of a task; undefined if all its calls are done. */
export function nextStep(program: Program, state: Int32Array, task: number): Step | undefined {
  const t = program.tasks[task]!;
  return t.steps[state[t.pc]!];
}

/** Whether the task's next step can run now. */
export function isEnabled(program: Program, state: Int32Array, task: number): boolean {
  const s = nextStep(program, state, task);
  return s !== undefined && evaluate(s.guard, state) !== 0;
}

/** The tasks whose next step can run, in task order. */
export function enabled(program: Program, state: Int32Array): number[] {
  const out: number[] = [];
  for (let t = 0; t < program.tasks.length; t++) if (isEnabled(program, state, t)) out.push(t);
  return out;
}

/** Runs the task's next step on `state` in place. Throws if it is not enabled. */
export function step(
  program: Program,
  state: Int32Array,
  task: number,
  events?: EventBuffer,
): void {
  const t = program.tasks[task]!;
  const pc = state[t.pc]!;
  const s = t.steps[pc];
  if (!s || evaluate(s.guard, state) === 0)
    throw new Error(`${t.name} is not enabled ${s ? `at ${s.name}` : 'after its last step'}`);
  if (events) events.length = 0;
  state[program.fields.length + task] = 0;
  if (!runStatements(s.body, state, t.pc, events)) state[t.pc] = pc + 1;
  queueWaiters(program, state);
}

/** Runs statements; true if one of them jumped. */
function runStatements(
  body: readonly Statement[],
  state: Int32Array,
  pcField: number,
  events: EventBuffer | undefined,
): boolean {
  for (let i = 0; i < body.length; i++) {
    const s = body[i]!;
    switch (s.op) {
      case 'set':
        state[s.field] = evaluate(s.value, state);
        break;
      case 'if':
        if (runStatements(evaluate(s.cond, state) ? s.then : s.otherwise, state, pcField, events))
          return true;
        break;
      case 'jump':
        state[pcField] = s.pc;
        return true;
      case 'violate':
        if (events) pushEvent(events, s.event, 0);
        break;
      case 'emit':
        if (events) pushEvent(events, s.event, evaluate(s.value, state));
        break;
    }
  }
  return false;
}

function pushEvent(events: EventBuffer, template: number, value: number): void {
  if (events.length + 2 > events.data.length) {
    const bigger = new Int32Array(events.data.length * 2);
    bigger.set(events.data);
    events.data = bigger;
  }
  events.data[events.length] = template;
  events.data[events.length + 1] = value;
  events.length += 2;
}

/** Keeps mutex waiters in arrival order: a task that newly blocks goes to the end. */
function queueWaiters(program: Program, state: Int32Array): void {
  const base = program.fields.length;
  for (let t = 0; t < program.tasks.length; t++) {
    if (state[base + t] !== 0) continue;
    if (awaitedMutex(program, state, t) >= 0) {
      let last = 0;
      for (let o = 0; o < program.tasks.length; o++) last = Math.max(last, state[base + o]!);
      state[base + t] = last + 1;
    }
  }
  let first = 0;
  for (let t = 0; t < program.tasks.length; t++)
    if (state[base + t] !== 0)
      first = first === 0 ? state[base + t]! : Math.min(first, state[base + t]!);
  if (first > 1)
    for (let t = 0; t < program.tasks.length; t++)
      if (state[base + t] !== 0) state[base + t]! -= first - 1;
}

/** The mutex field that the task is blocked on, or -1. */
function awaitedMutex(program: Program, state: Int32Array, task: number): number {
  const s = nextStep(program, state, task);
  if (!s || s.waits.some((w) => isWaitForCall(w) && !isCallDone(program, state, w.call))) return -1;
  for (const w of s.waits)
    if (
      w.kind === 'mutex' &&
      state[w.field] !== 0 &&
      evaluate(w.when, state) !== 0 &&
      evaluate(s.guard, state) === 0
    )
      return w.field;
  return -1;
}

/** Whether a wait is for another task's call, which the scenario asks for, and not for a kernel object. */
export function isWaitForCall(wait: Wait): wait is Extract<Wait, { readonly call: number }> {
  return wait.kind === 'name' || wait.kind === 'end';
}

/** What a blocked task waits for; undefined if it can run or is done. */
export function currentWait(program: Program, state: Int32Array, task: number): Wait | undefined {
  const s = nextStep(program, state, task);
  if (!s || evaluate(s.guard, state) !== 0) return undefined;
  return s.waits.find((w) =>
    w.kind === 'mutex'
      ? state[w.field] !== 0 && evaluate(w.when, state) !== 0
      : w.kind === 'completion'
        ? state[w.field] === 0 && evaluate(w.when, state) !== 0
        : !isCallDone(program, state, w.call),
  );
}

/** The waiters of a mutex in arrival order, including a woken task that has not yet taken it. */
export function waiters(program: Program, state: Int32Array, mutex: number): number[] {
  const base = program.fields.length;
  return program.tasks
    .map((t) => t.index)
    .filter(
      (t) =>
        state[base + t] !== 0 &&
        nextStep(program, state, t)?.waits.some(
          (w) => w.kind === 'mutex' && w.field === mutex && evaluate(w.when, state) !== 0,
        ),
    )
    .sort((a, b) => state[base + a]! - state[base + b]!);
}

/** The call that the task is in or starts next; undefined if all are done. */
export function currentCall(
  program: Program,
  state: Int32Array,
  task: number,
): ProgramCall | undefined {
  const s = nextStep(program, state, task);
  return s && program.calls[s.call];
}

/** Whether the task has started its current call and not yet returned. */
export function inCall(program: Program, state: Int32Array, task: number): boolean {
  const call = currentCall(program, state, task);
  return call !== undefined && state[program.tasks[task]!.pc]! > call.start;
}

function isCallDone(program: Program, state: Int32Array, call: number): boolean {
  const c = program.calls[call]!;
  return state[program.tasks[c.task]!.pc]! >= c.end;
}

/** The status of a call; `waiting`: not started. */
export function callStatus(
  program: Program,
  state: Int32Array,
  call: number,
): 'waiting' | 'running' | 'done' | 'skipped' {
  const c = program.calls[call]!;
  const pc = state[program.tasks[c.task]!.pc]!;
  if (pc >= c.end) return state[c.result]! > c.errnos.length ? 'skipped' : 'done';
  return pc > c.start ? 'running' : 'waiting';
}

/** The call's error, or 0 for success and for a call that has not returned. */
export function callResult(program: Program, state: Int32Array, call: number): 0 | CallError {
  const c = program.calls[call]!;
  return c.errnos[state[c.result]! - 1] ?? 0;
}
