import type { RunResult } from './runResult';
import type { ScenarioExpectation } from '../format/scenario';

/** What differs between a run and what its scenario expects; empty when all is as expected. A call is meant by who makes it, its name and its place among the like. */
export function verifyRun(result: RunResult, expect: ScenarioExpectation): readonly string[] {
  const differences: string[] = [];
  let from = 0;
  for (const e of expect.calls ?? []) {
    const matches = (c: RunResult['calls'][number]): boolean =>
      c.by === e.by && c.call === e.call && (e.as === undefined || c.as === e.as);
    const after = result.calls.findIndex((c, i) => i >= from && matches(c));
    const what = `${e.by}: ${e.call}${e.as === undefined ? '' : ` as ${e.as}`}`;
    if (after < 0) {
      differences.push(
        `${what} is expected to return ${e.returns}, but there is no such call after the calls expected before it`,
      );
      continue;
    }
    from = after + 1;
    const returned = actualReturn(result, after);
    if (returned !== e.returns)
      differences.push(
        `${what} is expected ${expectedText(e.returns)}, but ${actualText(returned)}`,
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

/** What a call of a result came to, in the words of `expect`. */
function actualReturn(result: RunResult, index: number): string | number {
  const call = result.calls[index];
  if (call?.returns !== undefined) return call.returns;
  const skipped = result.skipped.some(
    (s) => s.by === call?.by && s.call === call.call && s.as === call.as,
  );
  return skipped ? 'skipped' : 'blocked';
}

function expectedText(returns: string | number): string {
  return returns === 'blocked' || returns === 'skipped'
    ? `to be ${returns}`
    : `to return ${returns}`;
}

function actualText(returned: string | number): string {
  return returned === 'blocked'
    ? 'has not returned'
    : returned === 'skipped'
      ? 'was skipped'
      : `returns ${returned}`;
}
