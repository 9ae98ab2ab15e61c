import { waitBlockers, waitText } from '../../kernel/machine/describeEvent';
import type { Design } from '../../kernel/language/design';
import { isEnabled, enabled, inCall, nextStep, currentWait } from '../../kernel/machine/machine';
import type { Program } from '../../kernel/compiler/program';
import { seededRandom } from './seededRandom';
import { runStep, startScenarioRun, traceOf } from './scenarioRun';
import type { ScenarioRun } from './scenarioRun';
import type { InputError, Scenario, Schedule } from '../format/scenario';
import { parseScheduleEntry } from '../format/scheduleText';
import type { Trace } from './trace';

/** A finished run, or the place where its schedule asks for a step that cannot be made. */
export type ScenarioRunOutcome =
  | { readonly ok: true; readonly trace: Trace }
  | { readonly ok: false; readonly errors: readonly InputError[] };

/** Runs a checked scenario to where no task can move, by its own schedule or by another one, in its design or in that design with rows changed. */
export function runScenario(
  scenario: Scenario,
  options: { readonly schedule?: Schedule | undefined; readonly design?: Design | undefined } = {},
): ScenarioRunOutcome {
  const schedule = options.schedule ?? scenario.schedule;
  const run = startScenarioRun(scenario, options.design);
  if (typeof schedule === 'object' && 'random' in schedule) runRandom(run, schedule.random);
  else {
    const error = schedule === 'sequential' ? undefined : runScheduleEntries(run, schedule);
    if (error) return { ok: false, errors: [error] };
    runSequential(run);
  }
  return { ok: true, trace: traceOf(run) };
}

/** Any task that can move, drawn evenly, until none can. */
function runRandom(run: ScenarioRun, seed: number): void {
  const below = seededRandom(seed);
  for (;;) {
    const able = enabled(run.program, run.state);
    if (able.length === 0) return;
    runStep(run, able[below(able.length)] as number);
  }
}

function runScheduleEntries(run: ScenarioRun, entries: readonly string[]): InputError | undefined {
  for (const [i, entry] of entries.entries()) {
    const { task: name, count } = parseScheduleEntry(entry);
    const task = run.program.tasks.findIndex((t) => t.name === name);
    for (let n = 1; n <= count; n++) {
      if (task >= 0 && isEnabled(run.program, run.state, task)) runStep(run, task);
      else {
        const at = count === 1 ? '' : `at step ${n} of ${count}, `;
        return {
          path: `schedule[${i}]`,
          message: `expected a task that can run (${runnableTasksText(run)}), got ${JSON.stringify(entry)}: ${at}${blockedText(run, task, name)}`,
        };
      }
    }
  }
  return undefined;
}

/** Why a task cannot move now: "dpdk waits for group 12.group_lock, held by qemu". */
function blockedText(
  run: Pick<ScenarioRun, 'program' | 'state'>,
  task: number,
  name: string,
): string {
  const { program, state } = run;
  if (task < 0) return `${name} makes no call`;
  const wait = currentWait(program, state, task);
  if (!wait) return `${name} has made all its calls`;
  const held = waitBlockers(program, state, wait);
  const by =
    held.length === 0
      ? ''
      : wait.kind === 'name'
        ? `, which a call of ${held.join(', ')} makes`
        : `, held by ${held.join(', ')}`;
  return `${name} waits for ${waitText(program, wait)}${by}`;
}

function runnableTasksText(run: ScenarioRun): string {
  const names = enabled(run.program, run.state).map((t) => taskName(run.program, t));
  return names.length === 0 ? 'there is none' : names.join(', ');
}

function taskName(program: Program, task: number): string {
  return program.tasks[task]?.name ?? String(task);
}

/**
 * File order, each call to its end. A call that blocks lets the next call of another task run; when that has ended,
 * the blocked call that came first and can go on does so before any new call begins.
 */
function runSequential(run: ScenarioRun): void {
  const { program, state } = run;
  const current = (task: number): number => nextStep(program, state, task)?.call ?? -1;
  // Tasks that stopped inside a call, first come first.
  let stopped = program.tasks
    .map((t) => t.index)
    .filter((t) => inCall(program, state, t))
    .sort((a, b) => current(a) - current(b));
  const flushers = program.tasks
    .map((t) => t.index)
    .filter((t) => program.calls.every((c) => c.task !== t));
  const drain = (): void => {
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
    stopped = stopped.filter((t) => t !== task);
    if (current(task) === call) stopped.push(task);
    drain();
  };
  drain();
  for (;;) {
    const woken = stopped.find((t) => isEnabled(program, state, t));
    const fresh = program.calls.find(
      (c) => current(c.task) === c.index && !stopped.includes(c.task),
    );
    const next = woken ?? fresh?.task;
    if (next === undefined) return;
    runCall(next);
  }
}
