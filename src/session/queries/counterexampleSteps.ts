import { runScenario } from '../../scenario/run/runScenario';
import type { CheckResult } from '../../explore/checkResult';
import type { SessionState } from '../store/session';

const stepsByResult = new WeakMap<CheckResult, ReadonlyMap<string, readonly number[]>>();

/** For each step of the first counterexample of the latest check, by stable name: when it runs, from 1. Empty if the check was of another design. */
export function counterexampleSteps({
  run,
  check,
}: Pick<SessionState, 'run' | 'check'>): ReadonlyMap<string, readonly number[]> {
  const none = new Map<string, readonly number[]>();
  if (check.kind !== 'done') return none;
  const known = stepsByResult.get(check.result);
  if (known) return known;
  const witness = check.result.properties.find((property) => property.witness)?.witness;
  const { design } = run.setup;
  if (!witness || check.subject.scenario.design !== design.id) return none;
  const outcome = runScenario(check.subject.scenario, {
    design,
    schedule: witness.schedule,
    endsWithSchedule: true,
  });
  if (!outcome.ok) return none;
  const steps = new Map<string, number[]>();
  for (const { index, step } of outcome.trace.steps)
    steps.set(step.name, [...(steps.get(step.name) ?? []), index + 1]);
  stepsByResult.set(check.result, steps);
  return steps;
}
