import { callExpression } from '../../scenario/format/callText';
import type { Call } from '../../kernel/language/world';
import type { PropertyId } from '../../kernel/language/propertyId';
import { propertyById } from '../../kernel/properties/properties';
import { memoizeByKey } from '../trace/memoize';
import { snapshotAt } from '../trace/replay';
import type { TraceNode } from '../trace/traceTree';
import type { CallOutcome } from './callOutcomes';
import type { ComparedRun } from './compareDesigns';

/** A stretch of the shared timeline in which the runs make steps of one call. */
interface TimelineSpan {
  /** Index of the call, and the call. */
  readonly index: number;
  readonly call: Call;
  /** First tick before the span, and the ticks in it. */
  readonly start: number;
  readonly length: number;
}

/** Where two runs differ: in what a call does or, if all calls do the same, in a property that one of them violates. */
export interface RunDifference {
  /** The tick at which every run has decided it. */
  readonly tick: number;
  /** Begins the headline: `dpdk's bind_iommufd(fd2, iommufd2)`. */
  readonly subject: string;
  /** Index of the call; undefined for a property. */
  readonly call: number | undefined;
  /** The scenario makes another step of the call fail in each design, so the difference says nothing about the designs. */
  readonly byFault?: true;
  /** What each run does, in the order of the runs. */
  readonly sides: readonly DifferenceSide[];
}

/** What one run does where runs differ. */
export interface DifferenceSide {
  readonly kind: CallOutcome['kind'] | 'violates' | 'holds';
  /** The predicate of a sentence about the design: `refuses here: BIND.9, -EINVAL`. */
  readonly text: string;
  /** Id of the step that decides. */
  readonly step: string | undefined;
}

/** Several runs of the same calls on one timeline. A tick is one step of each run that has one there; the others hold. */
export interface SharedTimeline {
  readonly runs: readonly ComparedRun[];
  readonly spans: readonly TimelineSpan[];
  /** The last tick; tick 0 is before the first step. */
  readonly end: number;
  /** By run and tick: the depth on the run's path. */
  readonly depths: readonly (readonly number[])[];
  /** In order of time. */
  readonly differences: readonly RunDifference[];
}

/** Consecutive steps of one call in one run. A step that decides a differing call is a segment alone. */
interface CallSegment {
  readonly call: number;
  readonly first: number;
  readonly last: number;
  readonly decides: boolean;
}

/**
 * The shared timeline of at least one run. Same object for the same runs.
 *
 * Runs are aligned by what they do, not by their numbers of steps. Each run is a sequence of segments: consecutive steps of one
 * call. If a call does not do the same in all runs, the step that decides it (the check that fails, the step that blocks, the
 * return) is a segment alone. The sequences are merged in order, and the deciding steps of a call are always merged with each
 * other. So a run that decides early waits before that step until every run is there; then all decide at the same tick, and no
 * earlier tick has a difference in this call. A run without the next segment of the merged sequence waits; of runs that have it,
 * each starts at its first tick, and the shorter ones wait at its end. Where two runs decide two calls in opposite orders, only
 * one can be aligned: the difference in the other is at the tick at which the last run has decided.
 */
export const sharedTimeline = memoizeByKey((runs: readonly ComparedRun[]): SharedTimeline => {
  const differing = differingCalls(runs);
  const sequences = runs.map(({ path, outcomes }) =>
    segmentsOf(path, new Set(differing.map((index) => outcomes[index]?.depth))),
  );
  const merged = sequences.reduce<readonly CallSegment[]>(mergeInOrder, []);
  const cursors = runs.map(() => 0);
  const depths: number[][] = runs.map(() => [0]);
  const decided = new Map<number, number>();
  const spans: TimelineSpan[] = [];
  for (const segment of merged) {
    const parts = sequences.map((sequence, i) => {
      const part = sequence[cursors[i] ?? 0];
      if (!part || !isSame(part, segment)) return undefined;
      cursors[i] = (cursors[i] ?? 0) + 1;
      return part;
    });
    const start = (depths[0]?.length ?? 1) - 1;
    const length = Math.max(...parts.map((part) => (part ? part.last - part.first + 1 : 0)));
    parts.forEach((part, i) => {
      const line = depths[i];
      const from = line?.at(-1) ?? 0;
      for (let tick = 1; tick <= length; tick += 1)
        line?.push(part ? Math.min(part.first + tick - 1, part.last) : from);
    });
    if (segment.decides) decided.set(segment.call, start + length);
    const last = spans.at(-1);
    const call = lastCall(runs, segment.call);
    if (last?.index === segment.call)
      spans[spans.length - 1] = { ...last, length: last.length + length };
    else if (call) spans.push({ index: segment.call, call, start, length });
  }
  const end = (depths[0]?.length ?? 1) - 1;
  return { runs, spans, end, depths, differences: differencesOf(runs, depths, decided, end) };
});

function segmentsOf(
  path: readonly TraceNode[],
  decisions: ReadonlySet<number | undefined>,
): readonly CallSegment[] {
  const tip = path.at(-1);
  const calls = tip ? snapshotAt(tip).program.calls : [];
  const segments: CallSegment[] = [];
  for (const node of path.slice(1)) {
    const { program, step } = snapshotAt(node);
    const made =
      node.transition?.kind === 'issue'
        ? node.transition.call
        : program.calls[step?.call ?? -1]?.call;
    const call = calls.findIndex((each) => each.call === made);
    const decides = decisions.has(node.depth);
    const last = segments.at(-1);
    if (last?.call === call && !last.decides && !decides)
      segments[segments.length - 1] = { ...last, last: node.depth };
    else segments.push({ call, first: node.depth, last: node.depth, decides });
  }
  return segments;
}

function isSame(a: CallSegment, b: CallSegment): boolean {
  return a.call === b.call && a.decides === b.decides;
}

/** More than the number of segments of any run. */
const DECISION_WEIGHT = 1_000_000;

/** A shortest sequence that has both sequences in their order: what both have is there once, above all the steps that decide. */
function mergeInOrder(
  a: readonly CallSegment[],
  b: readonly CallSegment[],
): readonly CallSegment[] {
  // Weight of the heaviest common subsequence from (i, j) on.
  const common: number[][] = Array.from({ length: a.length + 1 }, () =>
    Array.from({ length: b.length + 1 }, () => 0),
  );
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  const weight = (x: CallSegment, y: CallSegment): number =>
    isSame(x, y) ? (x.decides ? DECISION_WEIGHT : 1) : 0;
  for (const [i, x] of [...a.entries()].toReversed())
    for (const [j, y] of [...b.entries()].toReversed()) {
      const row = common[i];
      const both = weight(x, y);
      if (row)
        row[j] = Math.max(at(i + 1, j), at(i, j + 1), both > 0 ? both + at(i + 1, j + 1) : 0);
    }
  const merged: CallSegment[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [x, y] = [a[i], b[j]];
    if (x && y && weight(x, y) > 0 && at(i, j) === weight(x, y) + at(i + 1, j + 1)) {
      merged.push(x);
      i += 1;
      j += 1;
    } else if (x && (!y || at(i + 1, j) >= at(i, j + 1))) {
      merged.push(x);
      i += 1;
    } else if (y) {
      merged.push(y);
      j += 1;
    }
  }
  return merged;
}

/** The calls that do not do the same in all runs. What a call returns as a number is not compared; a skipped call follows from an earlier one. */
export function differingCalls(runs: readonly ComparedRun[]): readonly number[] {
  const count = Math.max(0, ...runs.map(({ outcomes }) => outcomes.length));
  return Array.from({ length: count }, (_, index) => index).filter((index) => {
    const kinds = runs.flatMap(({ outcomes }) => {
      const outcome = outcomes[index];
      if (!outcome || outcome.kind === 'skipped' || outcome.kind === 'pending') return [];
      return outcome.kind === 'fails' ? outcome.text : outcome.kind;
    });
    return new Set(kinds).size > 1;
  });
}

/** Whether the scenario injects different errors into a call of these runs. */
export function hasOtherFaults(runs: readonly ComparedRun[], index: number): boolean {
  return new Set(runs.map(({ outcomes }) => outcomes[index]?.fault)).size > 1;
}

function differencesOf(
  runs: readonly ComparedRun[],
  depths: readonly (readonly number[])[],
  decided: ReadonlyMap<number, number>,
  end: number,
): readonly RunDifference[] {
  const calls = differingCalls(runs).flatMap((index): readonly RunDifference[] => {
    const call = lastCall(runs, index);
    if (!call) return [];
    return [
      {
        tick: decided.get(index) ?? end,
        subject: `${call.by}'s ${callExpression(call)}`,
        call: index,
        ...(hasOtherFaults(runs, index) ? { byFault: true as const } : {}),
        sides: runs.map(({ outcomes }) => callSide(outcomes[index], call)),
      },
    ];
  });
  const found = calls.length > 0 ? calls : propertyDifferences(runs, depths);
  return found.toSorted((a, b) => a.tick - b.tick);
}

/** What a run does in the calls that differ, in a few words: `dpdk open_cdev: -EBUSY`. A skipped call follows from an earlier one. */
export function summaryTexts(
  differences: readonly RunDifference[],
  { outcomes, path }: ComparedRun,
): readonly string[] {
  const tip = path.at(-1);
  return differences.flatMap(({ call: index }): readonly string[] => {
    const call = tip && snapshotAt(tip).program.calls[index ?? -1]?.call;
    const outcome = outcomes[index ?? -1];
    if (!call || !outcome || outcome.kind === 'skipped') return [];
    const { kind, text } = outcome;
    return [
      `${call.by} ${call.call}: ${kind === 'fails' ? text : kind === 'pending' ? 'not returned' : kind}`,
    ];
  });
}

function callSide(outcome: CallOutcome | undefined, call: Call): DifferenceSide {
  const { kind, step, text, reason } = outcome ?? {
    kind: 'pending',
    step: undefined,
    text: '',
    reason: undefined,
  };
  const where = step === undefined ? '' : `${step}, `;
  switch (kind) {
    case 'succeeds':
      return { kind, step, text: `lets ${call.by} pass: ${call.call} succeeds.` };
    case 'fails':
      return {
        kind,
        step,
        text: `refuses here: ${where}${text}${reason === undefined ? '' : ` (${reason})`}.`,
      };
    case 'blocked':
      return { kind, step, text: `blocks here: ${where}${call.by} ${text}.` };
    case 'skipped':
      return { kind, step, text: 'does not make this call: an earlier call failed.' };
    case 'pending':
      return {
        kind,
        step,
        text: step === undefined ? 'has not come to this call.' : `ends here: ${where}${text}.`,
      };
  }
}

function propertyDifferences(
  runs: readonly ComparedRun[],
  depths: readonly (readonly number[])[],
): readonly RunDifference[] {
  const violated = [
    ...new Set(runs.flatMap(({ result }) => result.violations.map(({ property }) => property))),
  ];
  return violated.flatMap((property): readonly RunDifference[] => {
    const ticks = runs.map((run, i) => {
      const depth = violationOf(run, property)?.node.depth;
      return depth === undefined ? -1 : (depths[i]?.indexOf(depth) ?? -1);
    });
    const found = ticks.filter((tick) => tick >= 0);
    if (found.length === 0 || found.length === runs.length) return [];
    return [
      {
        tick: Math.min(...found),
        subject: `the property “${propertyById(property).title}”`,
        call: undefined,
        sides: runs.map((run) => propertySide(run, property)),
      },
    ];
  });
}

function propertySide(run: ComparedRun, property: PropertyId): DifferenceSide {
  const violation = violationOf(run, property);
  if (!violation) return { kind: 'holds', step: undefined, text: 'does not violate it.' };
  const step = snapshotAt(violation.node).step?.id;
  return { kind: 'violates', step, text: `violates it here: ${step ?? ''}, ${violation.text}.` };
}

function violationOf(
  { path }: ComparedRun,
  property: PropertyId,
): { readonly node: TraceNode; readonly text: string } | undefined {
  for (const node of path) {
    const violation = snapshotAt(node).violations.find((each) => each.property === property);
    if (violation) return { node, text: violation.text };
  }
  return undefined;
}

function lastCall([first]: readonly ComparedRun[], index: number): Call | undefined {
  const tip = first?.path.at(-1);
  return tip && snapshotAt(tip).program.calls[index]?.call;
}
