import { DESIGNS } from '../../designs/designs';
import type { Program } from '../../kernel/compiler/program';
import type { Design } from '../../kernel/language/design';
import type { Scenario } from '../../scenario/format/scenario';
import { makeRunResult, type RunResult } from '../../scenario/run/runResult';
import { runScenario } from '../../scenario/run/runScenario';
import { memoizeByKey } from '../trace/memoize';
import { currentSnapshot } from '../trace/replay';
import type { WithRun } from '../trace/run';
import type { Setup } from '../trace/traceTree';
import { scenarioInDesign } from './scenarioVariants';

/** The calls on screen under one design, or why they cannot run there. */
export type DesignRun =
  | { readonly design: Design; readonly result: RunResult }
  | { readonly design: Design; readonly error: string };

const comparisons = memoizeByKey((setup: Setup) =>
  memoizeByKey(({ calls }: Program): readonly DesignRun[] => {
    const scenario = { ...setup.scenario, calls: calls.map(({ call }) => call) };
    return DESIGNS.map((design) =>
      runInDesign(design, scenarioInDesign(setup, design.id, scenario)),
    );
  }),
);

/** The calls on screen under every design. Same object while neither the setup nor the calls change. */
export function compareDesigns(state: WithRun): readonly DesignRun[] {
  return comparisons(state.run.setup)(currentSnapshot(state).program);
}

function runInDesign(design: Design, scenario: Scenario | string): DesignRun {
  if (typeof scenario === 'string') return { design, error: scenario };
  const outcome = runScenario(scenario);
  const errors = outcome.ok ? outcome.unreachedFaults : outcome.errors;
  return outcome.ok && errors.length === 0
    ? { design, result: makeRunResult(outcome.trace) }
    : { design, error: errors.map(({ path, message }) => `${path}: ${message}`).join('; ') };
}
