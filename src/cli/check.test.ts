import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../explore/checkResult';
import { runInMemory } from './testing/runInMemory';

const STARVED = 'hot-unplug --design parked-shim --option delBeforeWait=false';

describe('check', () => {
  it('exits with the status of its verdict', async () => {
    expect((await runInMemory('check double-bind --design parked-shim')).status).toBe(0);
    expect((await runInMemory(`check ${STARVED}`)).status).toBe(1);
    expect((await runInMemory(`check ${STARVED} --property memory`)).status).toBe(0);
    expect((await runInMemory(`check ${STARVED} --max-states 20 --property memory`)).status).toBe(
      3,
    );
  });

  it('prints JSON in the published format, keys in their order', async () => {
    const result = JSON.parse((await runInMemory(`check ${STARVED} --json`)).out) as CheckResult;
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
        text: expect.any(String) as string,
      },
    });
    expect(result.properties.find((p) => p.id === 'kvm-ref')).toEqual({
      id: 'kvm-ref',
      status: 'not-applicable',
    });
  });

  it('prints a schedule that run accepts', async () => {
    const { out } = await runInMemory(`check ${STARVED}`);
    expect(out).toContain('unregister-live is violated after 9 steps and 2 switches');
    const schedule = /--schedule (\S+)/.exec(out)?.[1] ?? '';
    const run = await runInMemory(`run ${STARVED} --schedule ${schedule}`);
    expect(run.out).toContain('unregister-live: ');
  });

  it('reduces the states and names the reduction', async () => {
    const full = JSON.parse(
      (await runInMemory('check bind-race --design parked-shim --json')).out,
    ) as CheckResult;
    for (const [flag, reduce] of [
      ['--reduce', 'symmetry'],
      ['--reduce=both', 'both'],
    ] as const) {
      const result = JSON.parse(
        (await runInMemory(`check bind-race --design parked-shim --json ${flag}`)).out,
      ) as CheckResult;
      expect(result).toMatchObject({ reduce, verdict: full.verdict });
      expect(result.states).toBeLessThanOrEqual(full.states);
    }
  });

  it('says what each option expects', async () => {
    for (const [options, message] of [
      ['--max-states 0', '--max-states: expected an integer from 1 to '],
      ['--max-states many', ', got "many"'],
      [
        '--property memori',
        '--property: expected the id of a property, got "memori" (did you mean "memory"?)',
      ],
      ['--engine jit', '--engine: expected wasm, bytecode, spin, got "jit"'],
      ['--reduce=all', '--reduce: expected symmetry, partial-order, both, got "all"'],
      ['--json=1', '--json: expected no value, got "1"'],
    ] as const) {
      const { status, out, err } = await runInMemory(`check double-bind ${options}`);
      expect([status, out]).toEqual([2, '']);
      expect(err).toContain(message);
    }
  });
});
