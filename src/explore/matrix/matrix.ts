import { DESIGNS } from '../../designs/designs';
import { compile, defaultOptions } from '../../kernel/compiler/compile';
import type { Design, Options } from '../../kernel/language/design';
import { PROPERTY_IDS } from '../../kernel/properties/properties';
import type { PropertyId } from '../../kernel/language/propertyId';
import { scenarioVariant } from '../../scenario/library/builtInScenario';
import { LIBRARY } from '../../scenario/library/library';
import type { LibraryEntry } from '../../scenario/library/library';
import { optionsAsJson } from '../../scenario/format/makeScenario';
import { inputErrorText } from '../../scenario/format/parseScenario';
import { portToDesign } from '../../scenario/format/portToDesign';
import type { Scenario } from '../../scenario/format/scenario';
import { makeCheck } from '../check';
import type { CheckOptions } from '../check';
import type { CheckResult, Coverage, PropertyStatus, Counterexample } from '../checkResult';

/** A design with one choice of all its options. */
export interface DesignConfig {
  readonly design: Design;
  /** Every option, also those at their default. */
  readonly options: Options;
  /** `parked-split extraState=perGroup`: what differs from the defaults. */
  readonly title: string;
}

/** One scenario in one variant, ready to be checked. */
export interface MatrixCase {
  readonly config: DesignConfig;
  /** The id of a built-in scenario, or the name that the caller gave. */
  readonly id: string;
  readonly scenario: Scenario;
}

/** What every interleaving of one case says of every property. */
export interface MatrixCell {
  readonly case: MatrixCase;
  readonly check: CheckResult;
}

/** A scenario that a variant cannot tell, and why. */
export interface SkippedCase {
  readonly variant: string;
  readonly id: string;
  readonly why: string;
}

/** A design with these options; those that are left out are at their default. */
export function designConfigOf(design: Design, options: Options = {}): DesignConfig {
  const all = { ...defaultOptions(design), ...options };
  const apart = design.options
    .filter((o) => all[o.id] !== o.values[0])
    .map((o) => `${o.id}=${all[o.id]}`);
  return { design, options: all, title: [design.id, ...apart].join(' ') };
}

/** Every design with its defaults, then with each other value of each option alone. */
export function allDesignConfigs(designs: readonly Design[] = DESIGNS): readonly DesignConfig[] {
  return designs.flatMap((design) => [
    designConfigOf(design),
    ...design.options.flatMap((o) =>
      o.values.slice(1).map((value) => designConfigOf(design, { [o.id]: value })),
    ),
  ]);
}

/** The built-in scenarios in each variant of a design that they are told for. */
export function libraryCases(
  variants: readonly DesignConfig[],
  entries: readonly LibraryEntry[] = LIBRARY,
): { readonly cases: readonly MatrixCase[]; readonly leftOut: readonly SkippedCase[] } {
  return partitionCases(
    variants.flatMap((variant) =>
      entries
        .filter((e) => e.designs.includes(variant.design.id))
        .map((entry) => ({
          variant,
          id: entry.id,
          told: scenarioVariant(entry, variant.design.id, variant.options),
        })),
    ),
  );
}

/** One scenario of the caller's in every variant. */
export function scenarioCases(
  id: string,
  scenario: Scenario,
  variants: readonly DesignConfig[],
): { readonly cases: readonly MatrixCase[]; readonly leftOut: readonly SkippedCase[] } {
  return partitionCases(
    variants.map((variant) => ({
      variant,
      id,
      told: portToDesign(scenario, variant.design.id, variant.options),
    })),
  );
}

function partitionCases(
  told: readonly {
    readonly variant: DesignConfig;
    readonly id: string;
    readonly told: ReturnType<typeof portToDesign>;
  }[],
): ReturnType<typeof scenarioCases> {
  return {
    cases: told.flatMap(({ variant, id, told: t }) =>
      t.ok ? [{ config: variant, id, scenario: t.scenario }] : [],
    ),
    leftOut: told.flatMap(({ variant, id, told: t }) =>
      t.ok ? [] : [{ variant: variant.title, id, why: inputErrorText(t.errors) }],
    ),
  };
}

/** A matrix under way: call `advance` until it is done, in slices as long as the caller likes. */
export interface Matrix {
  /** Works off about `budget` states. */
  readonly advance: (budget: number) => 'more' | 'done';
  /** The finished cells, in the order of the cases. */
  readonly cells: () => readonly MatrixCell[];
}

/** Begins to check every case in turn. A design may be replaced on the way (`designFor`), as by a mutation. */
export function startMatrix(
  cases: readonly MatrixCase[],
  options: Omit<CheckOptions, 'outcomes'> = {},
  designFor: (c: MatrixCase) => Design = (c) => c.config.design,
): Matrix {
  const cells: MatrixCell[] = [];
  const now = (): ReturnType<typeof makeCheck> | undefined => {
    const next = cases[cells.length];
    return (
      next &&
      makeCheck(
        compile(designFor(next), next.scenario.options, next.scenario.world, next.scenario.calls),
        { ...options, outcomes: false },
      )
    );
  };
  let check = now();
  return {
    advance: (budget) => {
      for (let left = budget; left > 0;) {
        const current = cases[cells.length];
        if (!check || !current) return 'done';
        const before = check.progress().states;
        if (check.advance(left) === 'done') {
          cells.push({ case: current, check: check.result(0) });
          check = now();
          left--;
        } else left -= Math.max(left, check.progress().states - before);
      }
      return check ? 'more' : 'done';
    },
    cells: () => cells,
  };
}

/** Checks every case in one go. */
export function runMatrix(...args: Parameters<typeof startMatrix>): readonly MatrixCell[] {
  const matrix = startMatrix(...args);
  while (matrix.advance(100_000) === 'more');
  return matrix.cells();
}

/** What all scenarios of a variant together say of one property. */
export interface MatrixRowProperty {
  readonly id: PropertyId;
  /** `violated` where any scenario is, `holds` only where every other one holds or has no such state. */
  readonly status: PropertyStatus;
  /** Of those that break it: the scenario with the shortest witness, and that witness. */
  readonly scenario?: string;
  readonly witness?: Counterexample;
  /** All scenarios that break it. */
  readonly brokenIn: readonly string[];
}

/** One line of the table: a variant over all its scenarios. */
export interface MatrixRow {
  readonly config: DesignConfig;
  readonly scenarios: readonly string[];
  /** States of all its scenarios. */
  readonly states: number;
  readonly coverage: Coverage;
  readonly properties: readonly MatrixRowProperty[];
}

/** The cells by variant, in the order in which variants first appear. */
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
  const broken = verdicts.filter((v) => v.status === 'violated');
  const [shortest] = broken.toSorted((a, b) => (a.witness?.steps ?? 0) - (b.witness?.steps ?? 0));
  const brokenIn = broken.map((v) => v.scenario);
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
    rows: matrixRows(cells).map(({ config: variant, ...row }) => ({
      design: variant.design.id,
      options: optionsAsJson(variant.options),
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

/** Violated where any cell is; holds only where every cell does. */
export function matrixVerdict(cells: readonly MatrixCell[]): CheckResult['verdict'] {
  if (cells.some((c) => c.check.verdict === 'violated')) return 'violated';
  return cells.every((c) => c.check.verdict === 'holds') ? 'holds' : 'incomplete';
}
