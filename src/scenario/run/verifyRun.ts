import type { RunResult } from './runResult';
import type { ScenarioExpectation } from '../format/scenario';

/** The differences between a run and the expectation of its scenario, as sentences. Expected calls match in order, by task, name and `as`. */
export function verifyRun(result: RunResult, expect: ScenarioExpectation): readonly string[] {
  const differences: string[] = [];
  let from = 0;
  for (const e of expect.calls ?? []) {
    const call = `${e.by}: ${e.call}${e.as === undefined ? '' : ` as ${e.as}`}`;
    const index = result.calls.findIndex(
      (c, i) =>
        i >= from && c.by === e.by && c.call === e.call && (e.as === undefined || c.as === e.as),
    );
    if (index < 0) {
      differences.push(
        `${call} is expected to return ${e.returns}, but there is no such call after the calls expected before it`,
      );
      continue;
    }
    from = index + 1;
    const returned = result.calls[index]?.returns ?? 'blocked';
    if (
      !(e.returns === 'fd' || e.returns === 'id'
        ? typeof returned === 'number'
        : returned === e.returns)
    )
      differences.push(
        `${call} is expected ${expectedText(e.returns)}, but ${actualText(returned)}`,
      );
  }
  const found = [...new Set(result.violations.map((v) => v.property))];
  if (expect.violations) {
    for (const p of expect.violations)
      if (!found.includes(p)) differences.push(`${p} is expected to be violated, but is not`);
    for (const p of found)
      if (!expect.violations.includes(p))
        differences.push(`${p} is violated, which is not expected`);
  }
  const verdict = found.length === 0 ? 'holds' : 'violated';
  if (expect.verdict && expect.verdict !== verdict)
    differences.push(`the verdict is expected to be ${expect.verdict}, but is ${verdict}`);
  return differences;
}

function expectedText(returns: string | number): string {
  return returns === 'blocked' || returns === 'skipped'
    ? `to be ${returns}`
    : `to return ${returns === 'fd' || returns === 'id' ? `an ${returns}` : returns}`;
}

function actualText(returned: string | number): string {
  return returned === 'blocked'
    ? 'has not returned'
    : returned === 'skipped'
      ? 'was skipped'
      : `returns ${returned}`;
}
