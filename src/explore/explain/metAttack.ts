import type { Program } from '../../kernel/compiler/program';
import { callResult, callStatus, initialState, step } from '../../kernel/machine/machine';
import { parseScheduleEntry } from '../../scenario/format/scheduleText';
import type { CheckOutcome } from '../checkResult';

/** A call that a counterexample makes. */
interface MadeCall {
  readonly by: string;
  readonly call: string;
  /** Its number among the calls of this name that `by` makes. */
  readonly number: number;
  readonly succeeds: boolean;
}

/** The calls that a schedule begins, in the order of the scenario. */
export function madeCalls(program: Program, schedule: readonly string[]): readonly MadeCall[] {
  const state = initialState(program);
  for (const entry of schedule) {
    const { task, count } = parseScheduleEntry(entry);
    const index = program.tasks.findIndex(({ name }) => name === task);
    for (let i = 0; i < count; i++) step(program, state, index);
  }
  return numbered(
    program.calls.map(({ call: { by, call }, index }) => ({ by, call, index })),
  ).flatMap(({ index, by, call, number }) => {
    const status = callStatus(program, state, index);
    const succeeds = status === 'done' && callResult(program, state, index) === 0;
    return status === 'done' || status === 'running' ? [{ by, call, number, succeeds }] : [];
  });
}

/**
 * Whether the calls of a counterexample are also made in another design, in some interleaving each. Not if one that succeeds in
 * the counterexample and comes before others of its task never succeeds there: then another obstacle is in the way. If only the
 * last call of a task never succeeds there, `difference` is the sentence that says so.
 */
export function metAttack(
  calls: readonly MadeCall[],
  outcomes: readonly Pick<CheckOutcome, 'calls'>[],
): { readonly isMet: boolean; readonly difference?: string } {
  const results = new Map<string, Set<string>>();
  const keyOf = ({ by, call, number }: Omit<MadeCall, 'succeeds'>): string =>
    `${by} ${call} ${number}`;
  for (const outcome of outcomes)
    for (const each of numbered(outcome.calls)) {
      const key = keyOf(each);
      results.set(key, (results.get(key) ?? new Set()).add(each.result));
    }
  let difference: string | undefined;
  for (const [at, each] of calls.entries()) {
    const seen = [...(results.get(keyOf(each)) ?? [])].filter((result) => result !== 'skipped');
    if (seen.length === 0) return { isMet: false };
    if (!each.succeeds || seen.includes('ok')) continue;
    if (calls.slice(at + 1).some(({ by }) => by === each.by)) return { isMet: false };
    const ends = seen.map((result) => (result === 'blocked' ? 'blocks' : `fails with ${result}`));
    difference ??= `There, ${each.call} of ${each.by} always ${ends.join(' or ')}.`;
  }
  return { isMet: true, ...(difference === undefined ? {} : { difference }) };
}

function numbered<Each extends { readonly by: string; readonly call: string }>(
  calls: readonly Each[],
): readonly (Each & { readonly number: number })[] {
  const counts = new Map<string, number>();
  return calls.map((each) => {
    const key = `${each.by} ${each.call}`;
    const number = (counts.get(key) ?? 0) + 1;
    counts.set(key, number);
    return { ...each, number };
  });
}
