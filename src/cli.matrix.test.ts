import { describe, expect, it } from 'vitest';
import { runCli } from './cli';

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

describe('matrix', () => {
  it('prints a row per design and option, and how to see what is broken', async () => {
    const { status, out } = await cli('matrix', 'hot-unplug', '--design', 'parked-shim');
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

  it('is content where everything holds, and stopped where a limit ends it', async () => {
    expect(
      (
        await cli(
          'matrix',
          'double-bind',
          '--design',
          'parked-shim',
          '--option',
          'perDeviceCheck=true',
        )
      ).status,
    ).toBe(0);
    const stopped = await cli(
      'matrix',
      'double-bind',
      '--design',
      'parked-shim',
      '--option',
      'perDeviceCheck=true',
      '--max-states',
      '20',
      '--json',
    );
    expect(stopped.status).toBe(3);
    expect(JSON.parse(stopped.out)).toMatchObject({
      format: 'vfio-playground/matrix@1',
      verdict: 'incomplete',
      rows: [{ design: 'parked-shim', coverage: 'stopped', scenarios: ['double-bind'] }],
      cells: [{ scenario: 'double-bind', coverage: 'stopped' }],
    });
  });

  it('says which removals are noticed and which are not', async () => {
    const { status, out } = await cli('matrix', '--mutations', 'parked-shim', 'double-bind');
    expect(status).toBe(0);
    expect(out).toMatch(
      /^parked-shim: \d+ changes, \d+ noticed, \d+ not, \d+ without effect, \d+ never reached\n/,
    );
    expect(out).toMatch(
      /--without parked-shim\/bind_iommufd\/BIND\.4\n.*\n {6}counters \(double-bind, \d+ steps\)/,
    );
    expect(out).toMatch(
      /Only tells or jumps[^]*--without parked-shim\/bind_iommufd\/BIND\.5:IBIND\.1\n/,
    );
    expect(out).toMatch(
      /No run of these[^]*--without parked-shim\/bind_iommufd\/BIND\.U3:IUNBIND\.2\n/,
    );
  }, 60_000);

  it('refuses what it does not know', async () => {
    expect(await cli('matrix', '--design', 'nonesuch')).toMatchObject({
      status: 2,
      err: expect.stringContaining('no design "nonesuch"') as string,
    });
    expect((await cli('matrix', 'bind-race', '--option', 'extraState=often')).err).toContain(
      'no design has extraState=often',
    );
    expect((await cli('matrix', 'nonesuch')).status).toBe(2);
  });
});

describe('a changed design', () => {
  const without = ['--without', 'parked-shim/bind_iommufd/BIND.4'];

  it('is checked, and its witness can be run', async () => {
    const { status, out } = await cli(
      'check',
      'double-bind',
      '--design',
      'parked-shim',
      ...without,
      '--property',
      'counters',
      '--json',
    );
    expect(status).toBe(1);
    const result = JSON.parse(out) as {
      mutations: string[];
      properties: { witness: { schedule: string[]; text: string } }[];
    };
    expect(result.mutations).toEqual(['--without parked-shim/bind_iommufd/BIND.4']);
    const witness = result.properties[0]?.witness;
    const run = await cli(
      'run',
      'double-bind',
      '--design',
      'parked-shim',
      ...without,
      '--schedule',
      witness?.schedule.join(',') ?? '',
    );
    expect(run.status).toBe(1);
    expect(
      (await cli('run', 'double-bind', '--design', 'parked-shim', '--schedule', 'sequential'))
        .status,
    ).toBe(0);
  });

  it('names the steps that are near an unknown one, and the forms that are accepted', async () => {
    expect(
      await cli(
        'check',
        'double-bind',
        '--design',
        'parked-shim',
        '--without',
        'parked-shim/bind_iommufd/BIND.44',
      ),
    ).toMatchObject({
      status: 2,
      err: expect.stringMatching(
        /^no step "parked-shim\/bind_iommufd\/BIND\.44"; near it there are parked-shim\/bind_iommufd\/BIND\.4, /,
      ) as string,
    });
    expect((await cli('check', 'double-bind', '--swap', 'BIND.4')).err).toContain(
      'accepted: STEP,STEP',
    );
    expect(
      (
        await cli(
          'check',
          'double-bind',
          '--design',
          'parked-shim',
          '--plain',
          'parked-shim/bind_iommufd/BIND.4',
        )
      ).err,
    ).toContain('has no store-release and no load-acquire');
  });
});
