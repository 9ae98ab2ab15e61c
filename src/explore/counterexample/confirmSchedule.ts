import type { Program } from '../../kernel/compiler/program';
import {
  initialState,
  isEnabled,
  makeEventBuffer,
  nextStep,
  readEvents,
  step,
} from '../../kernel/machine/machine';
import type { PropertyId } from '../../kernel/language/propertyId';
import { makeScheduleEntries } from '../../scenario/format/scheduleText';
import { PropertyMonitor } from '../../scenario/run/propertyMonitor';
import type { Counterexample } from '../checkResult';
import { countSwitches } from './shortestSchedules';

/** A violation that our machine shows. */
export interface ConfirmedCounterexample {
  readonly property: PropertyId;
  readonly counterexample: Counterexample;
}

/**
 * Replays a schedule that another checker found, up to the first violation of a wanted property. The checker may stop before
 * the violating step, so one more step of each task is tried. Undefined if the schedule cannot run or shows no violation.
 */
export function confirmSchedule(
  program: Program,
  schedule: readonly number[],
  wanted: readonly PropertyId[],
): ConfirmedCounterexample | undefined {
  for (const extra of [undefined, ...program.tasks.map(({ index }) => index)]) {
    const found = violationIn(
      program,
      extra === undefined ? schedule : [...schedule, extra],
      wanted,
    );
    if (found) return found;
  }
  return undefined;
}

function violationIn(
  program: Program,
  schedule: readonly number[],
  wanted: readonly PropertyId[],
): ConfirmedCounterexample | undefined {
  const state = initialState(program);
  const monitor = new PropertyMonitor(program);
  const events = makeEventBuffer();
  for (const [index, task] of schedule.entries()) {
    const next = nextStep(program, state, task);
    if (!next || !isEnabled(program, state, task)) return undefined;
    monitor.before(state, task);
    step(program, state, task, events);
    const seen = monitor
      .after(state, task, next, readEvents(program, events))
      .find((v) => wanted.includes(v.property));
    if (!seen) continue;
    const run = schedule.slice(0, index + 1);
    return {
      property: seen.property,
      counterexample: {
        schedule: makeScheduleEntries(run.map((each) => program.tasks[each]?.name ?? '')),
        steps: run.length,
        switches: countSwitches(run),
        text: seen.text,
      },
    };
  }
  return undefined;
}
