import { waitBlockers, waitText } from '../../kernel/machine/describeEvent';
import type { Design } from '../../kernel/language/design';
import { isEnabled, enabled, inCall, nextStep, currentWait } from '../../kernel/machine/machine';
import { seededRandom } from './seededRandom';
import { runStep, startScenarioRun, traceOf } from './scenarioRun';
import type { ScenarioRun } from './scenarioRun';
import type { InputError, Scenario, Schedule } from '../format/scenario';
import { parseScheduleEntry } from '../format/scheduleText';
import { taskName } from './taskName';
import { unreachedFaults } from './unreachedFaults';
import type { Trace } from './trace';

/** A finished run, or the schedule entry that names a task that cannot run. */
export type ScenarioRunOutcome =
  | {
      readonly ok: true;
      readonly trace: Trace;
      /** The faults of the scenario that no step reached. */
      readonly unreachedFaults: readonly InputError[];
    }
  | { readonly ok: false; readonly errors: readonly InputError[] };

/** What replaces the schedule and the design of a scenario. */
interface RunOptions {
  readonly schedule?: Schedule | undefined;
  readonly design?: Design | undefined;
  /** Ends the run after the entries of the schedule, as a counterexample does. */
  readonly endsWithSchedule?: boolean | undefined;
}

/** Runs a valid scenario until no task can run. */
export function runScenario(scenario: Scenario, options: RunOptions = {}): ScenarioRunOutcome {
  const schedule = options.schedule ?? scenario.schedule;
  const run = startScenarioRun(scenario, options.design);
  if (typeof schedule === 'object' && 'random' in schedule) runRandom(run, schedule.random);
  else {
    const error = schedule === 'sequential' ? undefined : runScheduleEntries(run, schedule);
    if (error) return { ok: false, errors: [error] };
    if (!options.endsWithSchedule) runSequential(run);
  }
  const trace = traceOf(run);
  const steps = trace.steps.map(({ step, events }) => ({
    call: run.program.calls[step.call]!.call,
    events,
  }));
  return { ok: true, trace, unreachedFaults: unreachedFaults(run.program, steps) };
}

/** Runs a random enabled task, each with equal probability, until none is enabled. */
function runRandom(run: ScenarioRun, seed: number): void {
  const below = seededRandom(seed);
  for (;;) {
    const runnable = enabled(run.program, run.state);
    if (runnable.length === 0) return;
    runStep(run, runnable[below(runnable.length)] as number);
  }
}

function runScheduleEntries(run: ScenarioRun, entries: readonly string[]): InputError | undefined {
  for (const [i, entry] of entries.entries()) {
    const { task: name, count, until } = parseScheduleEntry(entry);
    const task = run.program.tasks.findIndex((t) => t.name === name);
    const isAt = (step: string | undefined): boolean =>
      step !== undefined && task >= 0 && nextStep(run.program, run.state, task)?.id === step;
    for (let n = 1; n <= count && !isAt(until); n++) {
      if (task >= 0 && isEnabled(run.program, run.state, task)) runStep(run, task);
      else {
        const at =
          until !== undefined
            ? `after ${n - 1} steps without ${until}, `
            : count === 1
              ? ''
              : `at step ${n} of ${count}, `;
        return {
          path: `schedule[${i}]`,
          message: `expected a task that can run (${runnableTasksText(run)}), got ${JSON.stringify(entry)}: ${at}${blockedText(run, task, name)}`,
        };
      }
    }
  }
  return undefined;
}

/** Why a task cannot run now: "dpdk waits for group 12.group_lock, held by qemu". */
function blockedText(
  run: Pick<ScenarioRun, 'program' | 'state'>,
  task: number,
  name: string,
): string {
  const { program, state } = run;
  if (task < 0) return `${name} makes no call`;
  const wait = currentWait(program, state, task);
  if (!wait) return `${name} has made all its calls`;
  const blockers = waitBlockers(program, state, wait);
  const by =
    blockers.length === 0 || wait.kind === 'end'
      ? ''
      : wait.kind === 'name'
        ? `, the result of a call of ${blockers.join(', ')}`
        : `, held by ${blockers.join(', ')}`;
  return `${name} waits for ${waitText(program, wait)}${by}`;
}

function runnableTasksText(run: ScenarioRun): string {
  const names = enabled(run.program, run.state).map((t) => taskName(run.program, t));
  return names.length === 0 ? 'there is none' : names.join(', ');
}

/**
 * Runs the calls in file order, each to its end. If a call blocks, the next call of another task runs. After that call, the
 * first blocked call that can continue does so before a new call begins.
 */
function runSequential(run: ScenarioRun): void {
  const { program, state } = run;
  const current = (task: number): number => nextStep(program, state, task)?.call ?? -1;
  // Tasks that are blocked inside a call, in the order in which they blocked.
  let blocked = program.tasks
    .map((t) => t.index)
    .filter((t) => inCall(program, state, t))
    .sort((a, b) => current(a) - current(b));
  const flushers = program.tasks
    .map((t) => t.index)
    .filter((t) => program.calls.every((c) => c.task !== t));
  const drainStoreBuffers = (): void => {
    for (
      let t = flushers.find((f) => isEnabled(program, state, f));
      t !== undefined;
      t = flushers.find((f) => isEnabled(program, state, f))
    )
      runStep(run, t);
  };
  const runCall = (task: number): void => {
    const call = current(task);
    while (current(task) === call && isEnabled(program, state, task)) runStep(run, task);
    blocked = blocked.filter((t) => t !== task);
    if (current(task) === call) blocked.push(task);
    drainStoreBuffers();
  };
  drainStoreBuffers();
  for (;;) {
    const unblocked = blocked.find((t) => isEnabled(program, state, t));
    const nextCall = program.calls.find(
      (c) => current(c.task) === c.index && !blocked.includes(c.task),
    );
    const next = unblocked ?? nextCall?.task;
    if (next === undefined) return;
    runCall(next);
  }
}
