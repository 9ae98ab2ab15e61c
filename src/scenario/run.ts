import { designById } from '../designs/registry';
import { compile } from '../kernel/compile';
import type { Design } from '../kernel/design';
import { describe } from '../kernel/describe';
import { initialState, makeEventBuffer, nextStep, readEvents, step } from '../kernel/machine';
import type { EventBuffer } from '../kernel/machine';
import type { Program } from '../kernel/program';
import type { Scenario } from './scenario';
import type { Trace, TraceStep } from './trace';
import { Watch } from './watch';

/** A run under way: advance it with `advance`, look at `state` (never write it), keep it with `traceOf`. */
export interface Run {
  readonly scenario: Scenario;
  readonly program: Program;
  /** Changed in place by every step. */
  readonly state: Int32Array;
  readonly steps: readonly TraceStep[];
  readonly watch: Watch;
  readonly events: EventBuffer;
}

const programs = new WeakMap<Scenario, Program>();

/** A scenario compiled under its own design, once. */
function programOf(scenario: Scenario): Program {
  const known = programs.get(scenario);
  if (known) return known;
  const design = designById(scenario.design);
  if (!design) throw new Error(`no design ${scenario.design}`);
  const program = compile(design, scenario.options, scenario.world, scenario.calls);
  programs.set(scenario, program);
  return program;
}

/** Stands at the start state of a checked scenario. `changed` is its design with some rows changed (a mutation). */
export function startRun(scenario: Scenario, changed?: Design): Run {
  return restartRun(
    scenario,
    changed
      ? compile(changed, scenario.options, scenario.world, scenario.calls)
      : programOf(scenario),
  );
}

/** Stands at the start state of a scenario that was compiled before. */
export function restartRun(scenario: Scenario, program: Program): Run {
  return {
    scenario,
    program,
    state: initialState(program),
    steps: [],
    watch: new Watch(program),
    events: makeEventBuffer(),
  };
}

/** Runs the next step of `task` and records it. Asserts that the task can move. */
export function advance(run: Run, task: number): TraceStep {
  const { program, state } = run;
  const now = nextStep(program, state, task);
  if (!now) throw new Error(`task ${task} has made all its calls`);
  run.watch.before(state, task);
  step(program, state, task, run.events);
  const events = readEvents(program, run.events);
  const index = run.steps.length;
  const violations = run.watch
    .after(state, task, now, events)
    .map((v) => ({ ...v, step: index, task }));
  const record = {
    index,
    task,
    step: now,
    events,
    texts: events.map((e) => describe(program, e, task, state)),
    violations,
  };
  (run.steps as TraceStep[]).push(record);
  return record;
}

/** The run so far; later steps of the run do not change it. */
export function traceOf(run: Run): Trace {
  const steps = [...run.steps];
  return {
    scenario: run.scenario,
    program: run.program,
    schedule: steps.map((s) => s.task),
    steps,
  };
}

/** The state after the first `count` steps of a trace. */
export function stateAt(trace: Trace, count: number): Int32Array {
  return replay(trace.program, trace.schedule.slice(0, count));
}

/** The state that a schedule of task indices leads to from the start. Asserts that every step can be made. */
export function replay(program: Program, schedule: readonly number[]): Int32Array {
  const state = initialState(program);
  for (const task of schedule) step(program, state, task);
  return state;
}
