import type {
  ExpectedCall,
  PartialOutcome,
  ScenarioExpectation,
} from '../scenario/format/scenario';
import type { CheckOutcome, CheckResult } from './checkResult';

/** The differences between a check and the expectation of its scenario, as sentences: the verdict, and the outcomes that some interleaving must have. */
export function verifyCheck(
  { verdict, coverage, outcomes }: CheckResult,
  expect: ScenarioExpectation,
): readonly string[] {
  const differences: string[] = [];
  if (expect.verdict && expect.verdict !== verdict)
    differences.push(`the verdict is expected to be ${expect.verdict}, but is ${verdict}`);
  (expect.reachable ?? []).forEach((wanted, i) => {
    if (!outcomes.some((outcome) => contains(outcome, wanted)))
      differences.push(
        `reachable[${i}] (${outcomeText(wanted)}) is expected in some interleaving, but is in none${coverage === 'complete' ? '' : ' of those that were explored'}`,
      );
  });
  return differences;
}

/** Whether an outcome has all results and files of a partial one. Expected calls match in order, each another call. */
function contains(outcome: CheckOutcome, { calls = [], files = [] }: PartialOutcome): boolean {
  let from = 0;
  for (const e of calls) {
    const index = outcome.calls.findIndex(
      (c, i) =>
        i >= from &&
        c.by === e.by &&
        c.call === e.call &&
        (e.as === undefined || c.as === e.as) &&
        c.result === resultOf(e),
    );
    if (index < 0) return false;
    from = index + 1;
  }
  return files.every((wanted) =>
    outcome.files.some((f) => f.name === wanted.name && f.fops === wanted.fops),
  );
}

/** How a check names the return value: its search does not number fds. */
function resultOf({ returns }: ExpectedCall): string {
  return typeof returns === 'number' || returns === 'fd' || returns === 'id' ? 'ok' : returns;
}

function outcomeText({ calls = [], files = [] }: PartialOutcome): string {
  return [
    ...calls.map((c) => `${c.by} ${c.call} ${c.returns}`),
    ...files.map((f) => `${f.name} ${f.fops}`),
  ].join(', ');
}
