import type { CheckResult } from '../explore/checkResult';
import type { Design } from '../kernel/language/design';
import type { PropertyId } from '../kernel/language/propertyId';
import type { Scenario } from '../scenario/format/scenario';
import { runScenario } from '../scenario/run/runScenario';
import type { Trace } from '../scenario/run/trace';
import { STOP_REASONS } from './checkText';
import { expectedViolations } from './consequence';

/** A counterexample as a run that ends with it, and what an export says of it. */
interface CounterexampleRun {
  readonly trace: Trace;
  readonly property: PropertyId;
  readonly coverage: string;
}

/**
 * The run of a counterexample of a check: that of the property that the scenario's title is about, else the shortest one.
 * Undefined if the check found none.
 */
export function counterexampleRun(
  scenario: Scenario,
  design: Design,
  result: CheckResult,
): CounterexampleRun | undefined {
  const found = result.properties.flatMap(({ id, witness }) => (witness ? [{ id, witness }] : []));
  const expected = expectedViolations(scenario).find((id) => found.some((f) => f.id === id));
  const shortest = found.toSorted((a, b) => a.witness.steps - b.witness.steps)[0];
  const chosen = found.find(({ id }) => id === expected) ?? shortest;
  if (!chosen) return undefined;
  const outcome = runScenario(scenario, {
    design,
    schedule: chosen.witness.schedule,
    endsWithSchedule: true,
  });
  if (!outcome.ok)
    throw new Error(`the counterexample of ${chosen.id} cannot run: ${outcome.errors[0]?.message}`);
  return { trace: outcome.trace, property: chosen.id, coverage: coverageOf(result) };
}

/** Partial order reduction searches again without it for the shortest counterexample, so a complete search always has it. */
function coverageOf({ coverage, states, stoppedBy, reduce, spin }: CheckResult): string {
  if (spin) return `found by SPIN (${spin.mode}), not the shortest, ${states} states explored`;
  const explored = `${states} states explored${reduce === undefined ? '' : ` with ${reduce} reduction`}`;
  return coverage === 'complete'
    ? `shortest of all schedules, ${explored}`
    : `shortest found, ${explored} before ${STOP_REASONS[stoppedBy ?? 'cancel']}`;
}
