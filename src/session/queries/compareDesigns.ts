import { DESIGNS } from '../../designs/designs';
import { defaultOptions } from '../../kernel/compiler/designModel';
import { designShortTitle } from '../../designs/catalog';
import { designName, designTitle, modifiedDesignText } from '../../kernel/language/design';
import type { Design, Options } from '../../kernel/language/design';
import type { Scenario } from '../../scenario/format/scenario';
import { returnValues, type ReturnValues } from '../../scenario/run/returnValues';
import { makeRunResult, type RunResult } from '../../scenario/run/runResult';
import { memoizeByKey } from '../trace/memoize';
import { openScenario } from '../trace/openScenario';
import { rebaseOnDesign } from '../trace/rebaseOnDesign';
import { branchPath, snapshotAt } from '../trace/replay';
import { currentBranch, type Run, type WithRun } from '../trace/run';
import { traceForExport } from '../trace/traceForExport';
import type { Branch, Setup, TraceNode } from '../trace/traceTree';
import { unreachedFaultsAt } from '../trace/unreachedFaultsAt';
import { callOutcomes, type CallOutcome } from './callOutcomes';
import { misfitText, scenarioInDesign, scenarioWithOptions } from './scenarioVariants';
import { walkthroughLength } from './walkthrough';

/** The run of the calls on screen in one design or with one value of an option. */
export interface ComparedRun {
  /** `upstream`, `parked-split, extraState=perGroup`, or `linux=6.6`. */
  readonly name: string;
  /** The run; its cursor has no meaning. */
  readonly run: Run;
  /** Its trace nodes by depth. */
  readonly path: readonly TraceNode[];
  /** What each call did, by index into `Program.calls` of the end of the path. */
  readonly outcomes: readonly CallOutcome[];
  /** The fds and object ids that the calls returned. */
  readonly numbers: ReturnValues;
  /** The state at the end. */
  readonly result: RunResult;
}

/** One column of the comparison: a run, or why the calls cannot run there. */
export type DesignColumn = {
  readonly design: Design;
  /** As of `ComparedRun`. */
  readonly name: string;
  readonly title: string;
  /** What its buttons show: `Parked, shim`, or `linux=6.6` if the values of an option are compared. */
  readonly shortTitle: string;
  /** Whether it is the run on screen. */
  readonly isCurrent: boolean;
  /** The value of the compared option. */
  readonly value?: string;
} & ({ readonly compared: ComparedRun } | { readonly error: string });

/**
 * The calls on screen under every design, or under every value of an option of the current design. A walkthrough is compared with
 * the walkthroughs of the other designs; any other run keeps its interleaving. Same object while the branch on screen does not change.
 */
export function compareDesigns({ run }: WithRun, option?: string): readonly DesignColumn[] {
  const byOption = comparisons(currentBranch(run));
  const known = byOption.get(option);
  if (known) return known;
  const columns = option === undefined ? columnsByDesign(run) : columnsByValue(run, option);
  byOption.set(option, columns);
  return columns;
}

const comparisons = memoizeByKey<Branch, Map<string | undefined, readonly DesignColumn[]>>(
  () => new Map(),
);

function columnsByDesign(run: Run): readonly DesignColumn[] {
  const { setup } = run;
  const column = (
    design: Design,
    isCurrent: boolean,
    scenario: Scenario | string,
  ): DesignColumn => {
    const options = typeof scenario === 'string' ? {} : scenario.options;
    const note = modifiedDesignText(design);
    const name = `${designName(design, options)}${note === undefined ? '' : ` (${note})`}`;
    return {
      design,
      name,
      title: designTitle(design, options),
      shortTitle: designShortTitle(design, options),
      isCurrent,
      ...compareRun(run, design, name, isCurrent, scenario),
    };
  };
  return [
    ...(setup.mutations ? [column(setup.design, true, setup.scenario)] : []),
    ...DESIGNS.map((design) => {
      const isCurrent = !setup.mutations && design.id === setup.design.id;
      return column(
        design,
        isCurrent,
        isCurrent ? setup.scenario : scenarioInDesign(setup, design.id, setup.scenario),
      );
    }),
  ];
}

function columnsByValue(run: Run, option: string): readonly DesignColumn[] {
  const { setup } = run;
  const { design, scenario } = setup;
  const current: Options = { ...defaultOptions(design), ...scenario.options };
  const values = design.options.find(({ id }) => id === option)?.values ?? [];
  return values
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((value): DesignColumn => {
      const options = { ...scenario.options, [option]: value };
      const isCurrent = !setup.mutations && current[option] === value;
      const name = `${option}=${value}`;
      return {
        design,
        name,
        title: designTitle(design, options),
        shortTitle: name,
        isCurrent,
        value,
        ...compareRun(
          run,
          design,
          name,
          isCurrent,
          isCurrent ? scenario : scenarioWithOptions(setup, scenario, options),
        ),
      };
    });
}

function compareRun(
  current: Run,
  design: Design,
  name: string,
  isCurrent: boolean,
  scenario: Scenario | string,
): { readonly compared: ComparedRun } | { readonly error: string } {
  if (typeof scenario === 'string') return { error: scenario };
  const run = isCurrent ? current : runOf(current, design, scenario);
  if (typeof run === 'string') return { error: run };
  const path = branchPath({ run });
  const tip = currentBranch(run).tip;
  const faults = unreachedFaultsAt(snapshotAt(tip));
  if (faults.length > 0) return { error: misfitText(design.id, scenario, faults) };
  const trace = traceForExport(tip);
  return {
    compared: {
      name,
      run,
      path,
      outcomes: callOutcomes(path),
      numbers: returnValues(trace),
      result: makeRunResult(trace),
    },
  };
}

/** The calls of `current` under another scenario: on its own schedule if `current` follows its own, else in the interleaving of `current`. */
function runOf(current: Run, design: Design, scenario: Scenario): Run | string {
  const path = branchPath({ run: current });
  const { libraryId, plannedCalls } = current.setup;
  if (walkthroughLength(path).length === path.length - 1) {
    const opened = openScenario(scenario, libraryId);
    return opened.ok ? opened.run : misfitText(design.id, scenario, opened.errors);
  }
  const setup: Setup = { scenario, libraryId, design, ...(plannedCalls ? { plannedCalls } : {}) };
  return rebaseOnDesign(current, setup);
}
