import type { SessionState } from '../store/session';
import { compareDesigns, type ComparedRun, type DesignColumn } from './compareDesigns';
import { sharedTimeline, type RunDifference, type SharedTimeline } from './sharedTimeline';
import { memoizeByKey } from '../trace/memoize';

/** More stages are too small to read. */
export const MAX_COMPARED = 4;
export const MIN_COMPARED = 2;

/** The comparison on screen. */
export interface Comparison {
  /** Every column that can be chosen, shown or not. */
  readonly columns: readonly DesignColumn[];
  /** At most `MAX_COMPARED`. */
  readonly shown: readonly DesignColumn[];
  /** The runs of the shown columns on one timeline; undefined if no column has a run. */
  readonly timeline: SharedTimeline | undefined;
}

const comparisons = memoizeByKey<readonly DesignColumn[], Map<string, Comparison>>(() => new Map());

/** What the comparison shows. Same object while the calls, the option and the choice of columns stay. */
export function comparisonOf(state: SessionState): Comparison {
  const { option, hidden } = state.comparison;
  const { options } = state.run.setup.design;
  const columns = compareDesigns(
    state,
    options.some(({ id }) => id === option) ? option : undefined,
  );
  const byHidden = comparisons(columns);
  const key = hidden.join(' ');
  const known = byHidden.get(key);
  if (known) return known;
  const shown = chosenColumns(columns, hidden);
  const runs = shown.flatMap((column): readonly ComparedRun[] =>
    'compared' in column ? [column.compared] : [],
  );
  const comparison: Comparison = {
    columns,
    shown,
    timeline: runs.length > 0 ? sharedTimeline(runs) : undefined,
  };
  byHidden.set(key, comparison);
  return comparison;
}

/** The columns that are not hidden; of too many, those of other designs than the one on screen are left out. */
function chosenColumns(
  columns: readonly DesignColumn[],
  hidden: readonly string[],
): readonly DesignColumn[] {
  const current = columns.find(({ isCurrent }) => isCurrent)?.design.id;
  const chosen = columns.filter(({ name }) => !hidden.includes(name));
  const first = new Set(
    chosen
      .toSorted((a, b) => Number(b.design.id === current) - Number(a.design.id === current))
      .slice(0, MAX_COMPARED),
  );
  return chosen.filter((column) => first.has(column));
}

/** The position on the shared timeline, and its end. A choice of columns with a shorter one clamps the position. */
export function comparisonPosition(state: SessionState): {
  readonly tick: number;
  readonly end: number;
} {
  const end = comparisonOf(state).timeline?.end ?? 0;
  return { tick: Math.max(0, Math.min(state.comparison.tick, end)), end };
}

/** The last difference up to the position. */
export function currentDifference(state: SessionState): RunDifference | undefined {
  const { tick } = comparisonPosition(state);
  return comparisonOf(state).timeline?.differences.findLast((each) => each.tick <= tick);
}

/** The tick of the next or previous difference; the end or the start if there is none. */
export function adjacentDifference(state: SessionState, direction: 1 | -1): number {
  const { tick, end } = comparisonPosition(state);
  const ticks = comparisonOf(state).timeline?.differences.map((each) => each.tick) ?? [];
  return direction > 0
    ? (ticks.find((each) => each > tick) ?? end)
    : (ticks.findLast((each) => each < tick) ?? 0);
}
