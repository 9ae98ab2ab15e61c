import { describe, expect, it } from 'vitest';
import { runInMemory } from './testing/runInMemory';

describe('matrix', () => {
  it('prints a row per design and option, and a schedule per violation', async () => {
    const { status, out } = await runInMemory('matrix hot-unplug --design parked-shim');
    expect(status).toBe(1);
    expect(
      out
        .split('\n')
        .filter((line) => line.startsWith('parked-shim') && !line.includes(':'))
        .map((line) => line.replaceAll(/\s{2,}/g, ' ').split(' ok')[0]),
    ).toEqual([
      expect.stringMatching(/^parked-shim \d/) as string,
      expect.stringMatching(/^parked-shim perDeviceCheck=false \d/) as string,
      expect.stringMatching(/^parked-shim delBeforeWait=false \d/) as string,
      expect.stringMatching(/^parked-shim refcountBeforeAdd=true \d/) as string,
    ]);
    expect(out).toMatch(
      /parked-shim delBeforeWait=false: unregister-live in hot-unplug after 9 steps\n {2}.+\n {2}--schedule qemu\*3,driver\*3,dpdk\*3\n/,
    );
    expect(out).toMatch(/^[\n -~]*$/);
  });

  it('exits with 0 if everything holds and with 3 if a limit stops it', async () => {
    expect(
      (await runInMemory('matrix double-bind --design parked-shim --option perDeviceCheck=true'))
        .status,
    ).toBe(0);
    const stopped = await runInMemory(
      'matrix double-bind --design parked-shim --option perDeviceCheck=true --max-states 20 --json',
    );
    expect(stopped.status).toBe(3);
    expect(JSON.parse(stopped.out)).toMatchObject({
      format: 'vfio-playground/matrix@1',
      verdict: 'incomplete',
      rows: [{ design: 'parked-shim', coverage: 'stopped', scenarios: ['double-bind'] }],
      cells: [{ scenario: 'double-bind', coverage: 'stopped' }],
    });
  });

  it('reports which removed steps a property notices', async () => {
    const { status, out } = await runInMemory('matrix --mutations parked-shim double-bind');
    expect(status).toBe(0);
    expect(out).toMatch(/^parked-shim: \d+ .*\n/);
    expect(out).toMatch(
      /--without parked-shim\/bind_iommufd\/BIND\.4\n.*\n {6}counters \(double-bind, \d+ steps\)/,
    );
    expect(out).toMatch(/--without parked-shim\/bind_iommufd\/BIND\.5:IBIND\.1\n/);
    expect(out).toMatch(/--without parked-shim\/bind_iommufd\/BIND\.U3:IUNBIND\.2\n/);
  }, 60_000);

  it('says what each option expects', async () => {
    expect(await runInMemory('matrix --design nonesuch')).toMatchObject({
      status: 2,
      err: expect.stringMatching(/^--design: expected rfc-opened, .*, got "nonesuch"/) as string,
    });
    expect((await runInMemory('matrix bind-race --option extraState=often')).err).toContain(
      '--option: expected options of a design, got extraState=often',
    );
    expect((await runInMemory('matrix nonesuch')).status).toBe(2);
  });
});

describe('a modified design', () => {
  const modified = 'double-bind --design parked-shim --without parked-shim/bind_iommufd/BIND.4';

  it('is checked, and its counterexample can be run', async () => {
    const { status, out } = await runInMemory(`check ${modified} --property counters --json`);
    expect(status).toBe(1);
    const result = JSON.parse(out) as {
      mutations: string[];
      properties: { witness: { schedule: string[]; text: string } }[];
    };
    expect(result.mutations).toEqual(['--without parked-shim/bind_iommufd/BIND.4']);
    const witness = result.properties[0]?.witness;
    const run = await runInMemory(
      `run ${modified} --schedule ${witness?.schedule.join(',') ?? ''}`,
    );
    expect(run.status).toBe(1);
    expect(
      (await runInMemory('run double-bind --design parked-shim --schedule sequential')).status,
    ).toBe(0);
  });

  it('suggests steps with similar names, and the form of the option', async () => {
    expect(
      await runInMemory(
        'check double-bind --design parked-shim --without parked-shim/bind_iommufd/BIND.44',
      ),
    ).toMatchObject({
      status: 2,
      err: expect.stringMatching(/BIND\.44".*parked-shim\/bind_iommufd\/BIND\.4\b/) as string,
    });
    expect((await runInMemory('check double-bind --swap BIND.4')).err).toContain(
      '--swap: expected STEP,STEP ',
    );
    expect(
      (
        await runInMemory(
          'check double-bind --design parked-shim --plain parked-shim/bind_iommufd/BIND.4',
        )
      ).err,
    ).toContain('store-release');
  });
});
