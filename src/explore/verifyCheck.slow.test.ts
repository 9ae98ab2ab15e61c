import { describe, expect, it } from 'vitest';
import { designById } from '../designs/designs';
import { compile } from '../kernel/compiler/compile';
import type { Scenario } from '../scenario/format/scenario';
import { LIBRARY, libraryEntry } from '../scenario/library/library';
import { runCheck } from './check';
import type { CheckResult } from './checkResult';
import { verifyCheck } from './verifyCheck';

/** A scenario with more states says nothing here: a search that is stopped has no verdict. */
const MAX_STATES = 50_000;

function resultOf({ design, options, world, calls }: Scenario): CheckResult {
  const found = designById(design) ?? expect.fail(design);
  return runCheck(compile(found, options, world, calls), { limits: { maxStates: MAX_STATES } });
}

describe('check --verify', () => {
  it('finds the outcomes that scenarios of the library say are reachable', () => {
    let verified = 0;
    const differences = LIBRARY.flatMap(({ id, variants }) =>
      variants.flatMap((scenario) => {
        // `libraryVerdicts` holds the expected verdicts of all.
        if (!scenario.expect?.reachable) return [];
        const result = resultOf(scenario);
        verified++;
        return verifyCheck(result, scenario.expect).map(
          (d) => `${id} ${scenario.design} ${JSON.stringify(scenario.options)}: ${d}`,
        );
      }),
    );
    expect(differences).toEqual([]);
    expect(verified).toBeGreaterThan(10);
  });

  it('says which verdict and which outcome differ', () => {
    const { scenario } = libraryEntry('bind-race') ?? expect.fail();
    expect(
      verifyCheck(resultOf(scenario), {
        verdict: 'violated',
        reachable: [
          { calls: [{ by: 'qemu', call: 'bind_iommufd', returns: 0 }] },
          { calls: [{ by: 'qemu', call: 'bind_iommufd', returns: '-EBUSY' }] },
          {
            files: [
              { name: 'fd1', fops: 'normal' },
              { name: 'fd2', fops: 'normal' },
            ],
          },
        ],
      }),
    ).toEqual([
      'the verdict is expected to be violated, but is holds',
      'reachable[1] (qemu bind_iommufd -EBUSY) is expected in some interleaving, but is in none',
      'reachable[2] (fd1 normal, fd2 normal) is expected in some interleaving, but is in none',
    ]);
  });
});
