import { DESIGNS } from '../../designs/designs';
import type { Program } from '../../kernel/compiler/program';
import { defaultOptions } from '../../kernel/compiler/compile';
import { designTitle, modifiedDesignText } from '../../kernel/language/design';
import type { Design, Options } from '../../kernel/language/design';
import type { Scenario } from '../../scenario/format/scenario';
import { makeRunResult, type RunResult } from '../../scenario/run/runResult';
import { runScenario } from '../../scenario/run/runScenario';
import { memoizeByKey } from '../trace/memoize';
import { currentSnapshot } from '../trace/replay';
import type { WithRun } from '../trace/run';
import type { Setup } from '../trace/traceTree';
import { scenarioInDesign, scenarioWithOptions } from './scenarioVariants';

/** The calls on screen in one design or with one value of an option: what they did, or why they cannot run there. */
export type DesignRun = {
  readonly design: Design;
  /** `upstream`, or `linux=6.6`. */
  readonly name: string;
  readonly title: string;
  /** Whether the calls on screen run in this design with these options. */
  readonly isCurrent: boolean;
  /** The value of the compared option. */
  readonly value?: string;
} & ({ readonly result: RunResult } | { readonly error: string });

const comparisons = memoizeByKey((setup: Setup) =>
  memoizeByKey(({ calls }: Program) => {
    const scenario = { ...setup.scenario, calls: calls.map(({ call }) => call) };
    const bySubject = new Map<string | undefined, readonly DesignRun[]>();
    return {
      runs: (option: string | undefined): readonly DesignRun[] => {
        const runs =
          bySubject.get(option) ??
          (option === undefined
            ? runsByDesign(setup, scenario)
            : runsByValue(setup, scenario, option));
        bySubject.set(option, runs);
        return runs;
      },
    };
  }),
);

/**
 * The calls on screen under every design, or under every value of an option of the current design. Same object while neither
 * the setup nor the calls change.
 */
export function compareDesigns(state: WithRun, option?: string): readonly DesignRun[] {
  return comparisons(state.run.setup)(currentSnapshot(state).program).runs(option);
}

function runsByDesign(setup: Setup, scenario: Scenario): readonly DesignRun[] {
  const modified: readonly DesignRun[] = setup.mutations
    ? [
        {
          design: setup.design,
          name: `${setup.design.id} (${modifiedDesignText(setup.design) ?? ''})`,
          title: designTitle(setup.design, scenario.options),
          isCurrent: true,
          ...runOf(scenario, setup.design),
        },
      ]
    : [];
  const builtIn = DESIGNS.map((design): DesignRun => {
    const ported = scenarioInDesign(setup, design.id, scenario);
    return {
      design,
      name: design.id,
      title: designTitle(design, typeof ported === 'string' ? {} : ported.options),
      isCurrent: modified.length === 0 && design.id === setup.design.id,
      ...runOf(ported),
    };
  });
  return [...modified, ...builtIn];
}

function runsByValue(setup: Setup, scenario: Scenario, option: string): readonly DesignRun[] {
  const { design } = setup;
  const current: Options = { ...defaultOptions(design), ...scenario.options };
  const values = design.options.find(({ id }) => id === option)?.values ?? [];
  return values
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((value) => {
      const options = { ...scenario.options, [option]: value };
      return {
        design,
        name: `${option}=${value}`,
        title: designTitle(design, options),
        isCurrent: current[option] === value,
        value,
        ...runOf(scenarioWithOptions(setup, scenario, options)),
      };
    });
}

function runOf(
  scenario: Scenario | string,
  changed?: Design,
): { readonly result: RunResult } | { readonly error: string } {
  if (typeof scenario === 'string') return { error: scenario };
  const outcome = runScenario(scenario, { design: changed });
  const errors = outcome.ok ? outcome.unreachedFaults : outcome.errors;
  return outcome.ok && errors.length === 0
    ? { result: makeRunResult(outcome.trace) }
    : { error: errors.map(({ path, message }) => `${path}: ${message}`).join('; ') };
}
