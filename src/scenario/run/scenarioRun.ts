import { designById } from '../../designs/registry';
import { compile } from '../../kernel/compiler/compile';
import type { Design } from '../../kernel/language/design';
import { describeEvent } from '../../kernel/machine/describeEvent';
import {
  initialState,
  makeEventBuffer,
  nextStep,
  readEvents,
  step,
} from '../../kernel/machine/machine';
import type { EventBuffer } from '../../kernel/machine/machine';
import type { Program } from '../../kernel/compiler/program';
import type { Scenario } from '../format/scenario';
import type { Trace, TraceStep } from './trace';
import { PropertyMonitor } from './propertyMonitor';

/** A run in progress. `runStep` advances it, `traceOf` gives its trace. Do not write `state`. */
export interface ScenarioRun {
  readonly scenario: Scenario;
  readonly program: Program;
  /** Changed in place by every step. */
  readonly state: Int32Array;
  readonly steps: readonly TraceStep[];
  readonly monitor: PropertyMonitor;
  readonly events: EventBuffer;
}

/** By list of calls, which copies of a scenario with another schedule or title share. */
const programCache = new WeakMap<Scenario['calls'], Program>();

/** Compiles a scenario; cached. */
function compileScenario({ options, world, calls }: Scenario, design: Design): Program {
  const known = programCache.get(calls);
  if (known?.design === design && known.options === options && known.world === world) return known;
  const program = compile(design, options, world, calls);
  programCache.set(calls, program);
  return program;
}

/** Starts a run of a valid scenario. `changed` is its design with changed steps (a mutation). */
export function startScenarioRun(scenario: Scenario, changed?: Design): ScenarioRun {
  const design = changed ?? designById(scenario.design);
  if (!design) throw new Error(`the design ${scenario.design} is not loaded`);
  return startCompiledRun(scenario, compileScenario(scenario, design));
}

/** Starts a run of a compiled scenario. */
export function startCompiledRun(scenario: Scenario, program: Program): ScenarioRun {
  return {
    scenario,
    program,
    state: initialState(program),
    steps: [],
    monitor: new PropertyMonitor(program),
    events: makeEventBuffer(),
  };
}

/** Runs the next step of `task` and records it. Throws if the task cannot run. */
export function runStep(run: ScenarioRun, task: number): TraceStep {
  const { program, state } = run;
  const next = nextStep(program, state, task);
  if (!next) throw new Error(`task ${task} has made all its calls`);
  run.monitor.before(state, task);
  step(program, state, task, run.events);
  const events = readEvents(program, run.events);
  const index = run.steps.length;
  const violations = run.monitor
    .after(state, task, next, events)
    .map((v) => ({ ...v, step: index, task }));
  const record = {
    index,
    task,
    step: next,
    events,
    texts: events.map((e) => describeEvent(program, e, task, state)),
    violations,
  };
  (run.steps as TraceStep[]).push(record);
  return record;
}

/** The trace so far; later steps do not change it. */
export function traceOf(run: ScenarioRun): Trace {
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
  return replaySchedule(trace.program, trace.schedule.slice(0, count));
}

/** The state after a schedule of task indices. Throws if a step cannot run. */
export function replaySchedule(program: Program, schedule: readonly number[]): Int32Array {
  const state = initialState(program);
  for (const task of schedule) step(program, state, task);
  return state;
}
