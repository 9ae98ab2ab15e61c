import { compile } from '../../kernel/compiler/compile';
import type { Design, Options } from '../../kernel/language/design';
import type { CallError } from '../../kernel/language/errno';
import {
  callResult,
  callStatus,
  isEnabled,
  enabled,
  initialState,
  makeEventBuffer,
  nextStep,
  readEvents,
  step,
} from '../../kernel/machine/machine';
import type { Program } from '../../kernel/compiler/program';
import { checkState, stateChecks } from '../../kernel/properties/properties';
import type { PropertyId } from '../../kernel/language/propertyId';
import type { Call, World } from '../../kernel/language/world';

/** What a call returned, or its status. */
type CallResult = 0 | CallError | 'skipped' | 'waiting' | 'running';

function callResults(program: Program, state: Int32Array): CallResult[] {
  return program.calls.map((c) => {
    const status = callStatus(program, state, c.index);
    return status === 'done' ? callResult(program, state, c.index) : status;
  });
}

/** One run of a few calls, for the tests of this room. */
export interface TestRun {
  readonly program: Program;
  readonly state: Int32Array;
  /** Properties violated so far, with their texts. */
  readonly violations: Map<PropertyId, string>;
  /** The result or status of every call, by its index. */
  results(): CallResult[];
  /** Runs a task until its next step has this id, or until it blocks or ends. */
  runUntil(task: string, id?: string): TestRun;
  /** Runs a task until it is about to start this call of the scenario. */
  runUntilCall(task: string, call: number): TestRun;
  /** Runs the calls with these indices one after the other, each until it returns or blocks. */
  runCalls(...indices: readonly number[]): TestRun;
  /** Runs all tasks to their end, in task order; blocked tasks wait. */
  runToEnd(): TestRun;
  /** The value of `object.field`. */
  fieldValue(title: string): number;
}

/** Compiles the calls; the run is at its initial state. */
export function startTestRun(
  design: Design,
  options: Options,
  world: World,
  calls: readonly Call[],
): TestRun {
  const program = compile(design, options, world, calls);
  const state = initialState(program);
  const checks = stateChecks(program);
  const buffer = makeEventBuffer();
  const broken = new Map<PropertyId, string>();
  const move = (task: number): void => {
    step(program, state, task, buffer);
    for (const e of readEvents(program, buffer))
      if (e.template.kind === 'violation')
        broken.set(e.template.property, `${program.tasks[task]?.name} ${e.template.text}`);
    for (const v of checkState(checks, state)) broken.set(v.property, v.text);
  };
  const self: TestRun = {
    program,
    state,
    violations: broken,
    results: () => callResults(program, state),
    runUntil: (name, id) => {
      const task = program.tasks.findIndex((t) => t.name === name);
      while (isEnabled(program, state, task)) {
        if (id !== undefined && nextStep(program, state, task)?.id === id) return self;
        move(task);
      }
      if (id !== undefined)
        throw new Error(
          `${name} did not reach ${id}; it is at ${nextStep(program, state, task)?.name ?? 'its end'}`,
        );
      return self;
    },
    runUntilCall: (name, call) => {
      const task = program.tasks.findIndex((t) => t.name === name);
      while (state[program.tasks[task]!.pc]! < program.calls[call]!.start) move(task);
      return self;
    },
    runCalls: (...indices) => {
      for (const index of indices) {
        const { task, end } = program.calls[index]!;
        while (state[program.tasks[task]!.pc]! < end && isEnabled(program, state, task)) move(task);
      }
      return self;
    },
    runToEnd: () => {
      for (let can = enabled(program, state); can.length > 0; can = enabled(program, state))
        move(can[0]!);
      return self;
    },
    fieldValue: (title) => {
      const f = program.fields.find((x) => x.title === title);
      if (!f) throw new Error(`no field ${title}`);
      return state[f.index]!;
    },
  };
  return self;
}

/** The result of exploring all interleavings of some calls. */
export interface ExplorationResult {
  readonly states: number;
  /** Properties that some interleaving violates, with the text of the first such state. */
  readonly violations: Map<PropertyId, string>;
  /** The distinct results of the calls at the end: `0 0 EBUSY`. */
  readonly outcomes: readonly string[];
}

/** Explores every interleaving of the calls. For small scenarios only. */
export function exploreInterleavings(
  design: Design,
  options: Options,
  world: World,
  calls: readonly Call[],
  limit = 300_000,
): ExplorationResult {
  const program = compile(design, options, world, calls);
  const checks = stateChecks(program);
  const buffer = makeEventBuffer();
  const broken = new Map<PropertyId, string>();
  const size = program.fields.length;
  const key = (s: Int32Array): string =>
    String.fromCharCode(...s.subarray(0, size).map((x) => x + 8));
  const start = initialState(program);
  const seen = new Set([key(start)]);
  const queue = [start];
  const endings = new Set<string>();
  for (let at = 0; at < queue.length; at++) {
    const from = queue[at]!;
    queue[at] = start;
    for (const v of checkState(checks, from))
      if (!broken.has(v.property)) broken.set(v.property, v.text);
    const able = enabled(program, from);
    if (able.length === 0) endings.add(callResults(program, from).join(' '));
    for (const task of able) {
      const to = from.slice();
      step(program, to, task, buffer);
      for (const e of readEvents(program, buffer))
        if (e.template.kind === 'violation' && !broken.has(e.template.property))
          broken.set(e.template.property, `${program.tasks[task]?.name} ${e.template.text}`);
      const k = key(to);
      if (seen.has(k)) continue;
      seen.add(k);
      if (seen.size > limit) throw new Error(`more than ${limit} states`);
      queue.push(to);
    }
  }
  return { states: seen.size, violations: broken, outcomes: [...endings].sort() };
}
