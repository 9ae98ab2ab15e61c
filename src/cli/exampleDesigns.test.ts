import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../explore/checkResult';
import { runCli } from './runCli';

const examples = join(import.meta.dirname, '../../docs/examples');
const read = (name: string): string => readFileSync(join(examples, name), 'utf8');

/** Checks a scenario, a file of the examples or a built-in one, with a design file if given; `change` edits its text. */
async function check(
  scenario: string,
  design?: string,
  change: (text: string) => string = (text) => text,
): Promise<CheckResult> {
  let out = '';
  let err = '';
  await runCli(
    ['check', scenario, '--json', ...(design === undefined ? [] : ['--design', design])],
    {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      read: (name) => (name === design ? change(read(name)) : read(name)),
      write: () => {},
      version: '0.0.0',
    },
  );
  expect(err).toBe('');
  return JSON.parse(out) as CheckResult;
}

const violated = ({ properties }: CheckResult): Readonly<Record<string, number | undefined>> =>
  Object.fromEntries(
    properties.filter(({ witness }) => witness).map(({ id, witness }) => [id, witness?.steps]),
  );

describe('revocable file operations', () => {
  const twoReads = 'revocable-two-reads.scenario.json';
  const remove = 'revocable-remove.scenario.json';

  it('race on private_data if two threads share a file: found in 3 steps', async () => {
    const result = await check(twoReads, 'revocable-private-data.design');
    expect(violated(result)).toEqual({ stated: 3 });
    expect(result.properties.find(({ id }) => id === 'stated')?.witness?.text).toContain(
      "context: a wrapper takes the driver's data for its own context",
    );
    expect(result.coverage).toBe('complete');
    expect((await check(remove, 'revocable-private-data.design')).verdict).toBe('holds');
  });

  it.each(['revocable-srcu.design', 'revocable-rwsem.design'])('hold with %s', async (design) => {
    for (const scenario of [twoReads, remove])
      expect(await check(scenario, design), scenario).toMatchObject({
        verdict: 'holds',
        coverage: 'complete',
      });
  });

  it('need the wait of the removal: without it a read uses freed data', async () => {
    const unsafe = (text: string): string =>
      text
        .replace(/^REMOVE.2:.*$/m, 'REMOVE.2:\tgoto REMOVE.4;')
        .replace(/^\tif \(misc->readers == 0\) goto REMOVE.4;\n/m, '');
    expect(violated(await check(remove, 'revocable-srcu.design', unsafe))).toMatchObject({
      memory: 5,
    });
  });
});

describe('a sequence lock', () => {
  it.each(['seqlock-one-writer.scenario.json', 'seqlock-two-writers.scenario.json'])(
    'returns whole pairs in %s',
    async (scenario) => {
      expect(await check(scenario, 'seqlock.design')).toMatchObject({
        verdict: 'holds',
        coverage: 'complete',
      });
    },
  );

  it('returns half a pair without the second look at the number', async () => {
    const result = await check('seqlock-one-writer.scenario.json', 'seqlock.design', (text) =>
      text.replace('\tif (copy->sequence != data->sequence) goto READ.1;\n', ''),
    );
    expect(Object.keys(violated(result))).toEqual(['stated']);
  });
});

describe('upstream without the lock of the reset set in bind', () => {
  it('has two owners if two files bind at once, and a wrong count if two threads bind one', async () => {
    const design = 'upstream-bind-unlocked.diff';
    expect(Object.keys(violated(await check('bind-race', design)))).toEqual([
      'owner-exclusive',
      'single-bind',
      'dma-owner',
      'no-ops-before-bind',
    ]);
    expect(Object.keys(violated(await check('double-bind', design)))).toEqual([
      'dma-owner',
      'counters',
      'memory',
      'clean-unwind',
      'warnings',
    ]);
  });

  it('deadlocks on group_lock if KVM lets go of its files at its last put, as before v6.2', async () => {
    const scenario = 'kvm-put-by-close.scenario.json';
    const before = await check(scenario, 'upstream-kvm-destroy.diff');
    expect(Object.keys(violated(before))).toEqual(['no-deadlock']);
    expect(before.outcomes.map(({ calls }) => calls.at(-1)?.result)).toEqual(['blocked']);
    expect((await check(scenario)).verdict).toBe('holds');
  });

  it('says what a diff is about if it does not apply', async () => {
    let err = '';
    const status = await runCli(['check', 'bind-race', '--design', 'a.diff'], {
      out: () => {},
      err: (text) => {
        err += text;
      },
      read: () => '--- upstream\n+++ upstream\n@@ -1,2 +1,1 @@\n-no such line\n x\n',
      write: () => {},
      version: '0.0.0',
    });
    expect(status).toBe(2);
    expect(err).toContain('a.diff: expected changes of the text of upstream');
  });
});
