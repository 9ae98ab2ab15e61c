import { DESIGNS } from '../../designs/designs';
import { compile } from '../../kernel/compiler/compile';
import { defaultOptions } from '../../kernel/compiler/designModel';
import type { Design, Options } from '../../kernel/language/design';
import { PROPERTY_IDS } from '../../kernel/properties/properties';
import type { PropertyId } from '../../kernel/language/propertyId';
import { scenarioVariant } from '../../scenario/library/builtInScenario';
import { LIBRARY } from '../../scenario/library/library';
import type { LibraryEntry } from '../../scenario/library/library';
import { optionsAsJson } from '../../scenario/format/makeScenario';
import { inputErrorText } from '../../scenario/format/parseScenario';
import type { ParsedScenario } from '../../scenario/format/parseScenario';
import { portToDesign } from '../../scenario/format/portToDesign';
import type { Scenario } from '../../scenario/format/scenario';
import { makeCheck } from '../check';
import type { CheckOptions } from '../check';
import type { CheckResult, Coverage, PropertyStatus, Counterexample } from '../checkResult';

/** A design with one choice of all its options. */
export interface DesignConfig {
  readonly design: Design;
  /** All options, defaults included. */
  readonly options: Options;
  /** Design id and the options that differ from the defaults: `parked-split extraState=perGroup`. */
  readonly title: string;
}

/** One scenario in one design configuration. */
export interface MatrixCase {
  readonly config: DesignConfig;
  /** The id of a built-in scenario, or the name that the caller gave. */
  readonly id: string;
  readonly scenario: Scenario;
}

/** The check of one case. */
export interface MatrixCell {
  readonly case: MatrixCase;
  readonly check: CheckResult;
}

/** A scenario that is not possible in a design configuration, and why. */
export interface SkippedCase {
  readonly variant: string;
  readonly id: string;
  readonly why: string;
}

/** A design with these options; absent ones have their default. */
export function designConfigOf(design: Design, options: Options = {}): DesignConfig {
  const all = { ...defaultOptions(design), ...options };
  const changedOptions = design.options
    .filter((o) => all[o.id] !== o.values[0])
    .map((o) => `${o.id}=${all[o.id]}`);
  return { design, options: all, title: [design.id, ...changedOptions].join(' ') };
}

/** Every design with its default options, then with each other value of each single option. */
export function allDesignConfigs(designs: readonly Design[] = DESIGNS): readonly DesignConfig[] {
  return designs.flatMap((design) => [
    designConfigOf(design),
    ...design.options.flatMap((o) =>
      o.values.slice(1).map((value) => designConfigOf(design, { [o.id]: value })),
    ),
  ]);
}

/** The built-in scenarios in each design configuration that they have a variant for. */
export function libraryCases(
  configs: readonly DesignConfig[],
  entries: readonly LibraryEntry[] = LIBRARY,
): PartitionedCases {
  return partitionCases(
    configs.flatMap((config) =>
      entries
        .filter((entry) => entry.designs.includes(config.design.id))
        .map((entry) => ({
          config,
          id: entry.id,
          parsed: scenarioVariant(entry, config.design.id, config.options),
        })),
    ),
  );
}

/** One scenario in every design configuration. */
export function scenarioCases(
  id: string,
  scenario: Scenario,
  configs: readonly DesignConfig[],
): PartitionedCases {
  return partitionCases(
    configs.map((config) => ({
      config,
      id,
      parsed: portToDesign(scenario, config.design.id, config.options),
    })),
  );
}

interface PartitionedCases {
  readonly cases: readonly MatrixCase[];
  readonly leftOut: readonly SkippedCase[];
}

function partitionCases(
  candidates: readonly {
    readonly config: DesignConfig;
    readonly id: string;
    readonly parsed: ParsedScenario;
  }[],
): PartitionedCases {
  return {
    cases: candidates.flatMap(({ config, id, parsed }) =>
      parsed.ok ? [{ config, id, scenario: parsed.scenario }] : [],
    ),
    leftOut: candidates.flatMap(({ config, id, parsed }) =>
      parsed.ok ? [] : [{ variant: config.title, id, why: inputErrorText(parsed.errors) }],
    ),
  };
}

/** A matrix in progress. Call `advance` until it is done; the caller chooses the length of a slice. */
export interface Matrix {
  /** Processes about `budget` states. */
  readonly advance: (budget: number) => 'more' | 'done';
  /** The finished cells, in the order of the cases. */
  readonly cells: () => readonly MatrixCell[];
  /** The finished cases that were left out, because a fault of the scenario is out of reach there. */
  readonly leftOut: () => readonly SkippedCase[];
}

/** Starts checking the cases one after the other. `designFor` may replace the design of a case, such as by a mutation. */
export function startMatrix(
  cases: readonly MatrixCase[],
  options: Omit<CheckOptions, 'outcomes'> = {},
  designFor: (c: MatrixCase) => Design = (c) => c.config.design,
): Matrix {
  const cells: MatrixCell[] = [];
  const leftOut: SkippedCase[] = [];
  const nextCase = (): MatrixCase | undefined => cases[cells.length + leftOut.length];
  const nextCheck = (): ReturnType<typeof makeCheck> | undefined => {
    const next = nextCase();
    return (
      next &&
      makeCheck(
        compile(designFor(next), next.scenario.options, next.scenario.world, next.scenario.calls),
        { ...options, outcomes: false },
      )
    );
  };
  let check = nextCheck();
  return {
    advance: (budget) => {
      for (let left = budget; left > 0;) {
        const current = nextCase();
        if (!check || !current) return 'done';
        const before = check.progress().states;
        if (check.advance(left) === 'done') {
          const result = check.result(0);
          if (result.unreachedFaults)
            leftOut.push({
              variant: current.config.title,
              id: current.id,
              why: inputErrorText(result.unreachedFaults),
            });
          else cells.push({ case: current, check: result });
          check = nextCheck();
          left--;
        } else left -= Math.max(left, check.progress().states - before);
      }
      return check ? 'more' : 'done';
    },
    cells: () => cells,
    leftOut: () => leftOut,
  };
}

/** Runs a whole matrix. */
export function runMatrix(...args: Parameters<typeof startMatrix>): readonly MatrixCell[] {
  const matrix = startMatrix(...args);
  while (matrix.advance(100_000) === 'more');
  return matrix.cells();
}

/** The status of one property over all scenarios of a design configuration. */
export interface MatrixRowProperty {
  readonly id: PropertyId;
  /** `violated` if any scenario violates it, else `incomplete` if any search is, else `holds` if it applies anywhere. */
  readonly status: PropertyStatus;
  /** The scenario with the shortest counterexample, and that counterexample. */
  readonly scenario?: string;
  readonly witness?: Counterexample;
  /** All scenarios that violate it. */
  readonly brokenIn: readonly string[];
}

/** One row of the table: a design configuration over all its scenarios. */
export interface MatrixRow {
  readonly config: DesignConfig;
  readonly scenarios: readonly string[];
  /** Sum over its scenarios. */
  readonly states: number;
  readonly coverage: Coverage;
  readonly properties: readonly MatrixRowProperty[];
}

/** The cells grouped by design configuration, in order of first appearance. */
export function matrixRows(cells: readonly MatrixCell[]): readonly MatrixRow[] {
  const titles = [...new Set(cells.map((c) => c.case.config.title))];
  return titles.flatMap((title): MatrixRow[] => {
    const own = cells.filter((c) => c.case.config.title === title);
    const [first] = own;
    if (!first) return [];
    return [
      {
        config: first.case.config,
        scenarios: own.map((c) => c.case.id),
        states: own.reduce((sum, c) => sum + c.check.states, 0),
        coverage: own.every((c) => c.check.coverage === 'complete')
          ? 'complete'
          : own.some((c) => c.check.coverage === 'stopped')
            ? 'stopped'
            : 'bounded',
        properties: PROPERTY_IDS.flatMap((id) => matrixRowProperty(id, own)),
      },
    ];
  });
}

function matrixRowProperty(id: PropertyId, cells: readonly MatrixCell[]): MatrixRowProperty[] {
  const verdicts = cells.flatMap((c) =>
    c.check.properties.filter((p) => p.id === id).map((p) => ({ ...p, scenario: c.case.id })),
  );
  if (verdicts.length === 0) return [];
  const violated = verdicts.filter((v) => v.status === 'violated');
  const [shortest] = violated.toSorted((a, b) => (a.witness?.steps ?? 0) - (b.witness?.steps ?? 0));
  const brokenIn = violated.map((v) => v.scenario);
  if (shortest)
    return [
      {
        id,
        status: 'violated',
        scenario: shortest.scenario,
        ...(shortest.witness ? { witness: shortest.witness } : {}),
        brokenIn,
      },
    ];
  const status = verdicts.some((v) => v.status === 'incomplete')
    ? 'incomplete'
    : verdicts.some((v) => v.status === 'holds')
      ? 'holds'
      : 'not-applicable';
  return [{ id, status, brokenIn }];
}

/** What `matrix --json` prints. */
export function matrixJson(cells: readonly MatrixCell[], leftOut: readonly SkippedCase[]): object {
  return {
    format: 'vfio-playground/matrix@1',
    verdict: matrixVerdict(cells),
    rows: matrixRows(cells).map(({ config, ...row }) => ({
      design: config.design.id,
      options: optionsAsJson(config.options),
      ...row,
    })),
    cells: cells.map(({ case: c, check }) => ({
      scenario: c.id,
      title: c.scenario.title,
      design: check.design,
      options: optionsAsJson(c.config.options),
      verdict: check.verdict,
      coverage: check.coverage,
      states: check.states,
      transitions: check.transitions,
      depth: check.depth,
      properties: check.properties,
    })),
    leftOut,
  };
}

/** `violated` if any cell is, `holds` if every cell does, else `incomplete`. */
export function matrixVerdict(cells: readonly MatrixCell[]): CheckResult['verdict'] {
  if (cells.some((c) => c.check.verdict === 'violated')) return 'violated';
  return cells.every((c) => c.check.verdict === 'holds') ? 'holds' : 'incomplete';
}
