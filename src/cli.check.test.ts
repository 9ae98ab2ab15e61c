import { describe, expect, it } from 'vitest';
import { runCli } from './cli';
import type { CheckResult } from './explore/checkResult';

async function cli(...words: string[]) {
  const said = { status: 0, out: '', err: '' };
  said.status = await runCli(words, {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    read: () => {
      throw new Error('no such file');
    },
    write: () => {
      throw new Error('writes nothing');
    },
  });
  return said;
}

const STARVED = [
  'check',
  'hot-unplug',
  '--design',
  'parked-shim',
  '--option',
  'delBeforeWait=false',
];

describe('check', () => {
  it('says with its exit status what it found', async () => {
    expect((await cli('check', 'double-bind', '--design', 'parked-shim')).status).toBe(0);
    expect((await cli(...STARVED)).status).toBe(1);
    expect((await cli(...STARVED, '--property', 'memory')).status).toBe(0);
    expect((await cli(...STARVED, '--max-states', '20', '--property', 'memory')).status).toBe(3);
  });

  it('prints JSON in the public form, keys in their order', async () => {
    const result = JSON.parse((await cli(...STARVED, '--json')).out) as CheckResult;
    expect(Object.keys(result)).toEqual([
      'format',
      'design',
      'options',
      'verdict',
      'coverage',
      'states',
      'transitions',
      'depth',
      'seconds',
      'engine',
      'properties',
      'outcomes',
    ]);
    expect(result).toMatchObject({
      format: 'vfio-playground/check@1',
      design: 'parked-shim',
      options: { delBeforeWait: false },
      verdict: 'violated',
      coverage: 'complete',
    });
    expect(result.properties.find((p) => p.id === 'unregister-live')).toEqual({
      id: 'unregister-live',
      status: 'violated',
      witness: {
        schedule: ['qemu*3', 'driver*3', 'dpdk*3'],
        steps: 9,
        switches: 2,
        text: expect.stringContaining('put off for ever') as string,
      },
    });
    expect(result.properties.find((p) => p.id === 'kvm-ref')).toEqual({
      id: 'kvm-ref',
      status: 'not-applicable',
    });
  });

  it('tells people the same, with a schedule that run takes', async () => {
    const { out } = await cli(...STARVED);
    expect(out).toContain('unregister-live is violated after 9 steps and 2 switches');
    const schedule = /--schedule (\S+)/.exec(out)?.[1] ?? '';
    const run = await cli('run', ...STARVED.slice(1), '--schedule', schedule);
    expect(run.out).toContain('unregister-live: ');
  });

  it('leaves states out when asked to, and says so', async () => {
    const full = JSON.parse(
      (await cli('check', 'bind-race', '--design', 'parked-shim', '--json')).out,
    ) as CheckResult;
    for (const [flag, reduce] of [
      ['--reduce', 'symmetry'],
      ['--reduce=both', 'both'],
    ] as const) {
      const result = JSON.parse(
        (await cli('check', 'bind-race', '--design', 'parked-shim', '--json', flag)).out,
      ) as CheckResult;
      expect(result).toMatchObject({ reduce, verdict: full.verdict });
      expect(result.states).toBeLessThanOrEqual(full.states);
    }
  });

  it('names what it does not understand', async () => {
    for (const [words, message] of [
      [['--max-states', '0'], '--max-states: "0" stood here'],
      [['--max-states', 'many'], 'accepted: a whole number from 1'],
      [['--property', 'speed'], '--property: "speed" stood here; accepted: owner-exclusive'],
      [['--engine', 'steam'], 'accepted: wasm, bytecode'],
    ] as const) {
      const said = await cli('check', 'double-bind', ...words);
      expect(said).toMatchObject({ status: 2, out: '' });
      expect(said.err).toContain(message);
    }
  });
});
