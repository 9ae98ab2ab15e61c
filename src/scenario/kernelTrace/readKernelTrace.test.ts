import { describe, expect, it } from 'vitest';
import { DESIGNS } from '../../designs/designs';
import { registerDesigns } from '../../designs/registry';
import { libraryEntry } from '../library/library';
import { runScenario } from '../run/runScenario';
import { seededRandom } from '../run/seededRandom';
import { kernelFtrace } from '../testing/kernelFtrace';
import { isKernelTrace, readKernelTrace } from './readKernelTrace';

function recorded(id: string, dialect: 'trace' | 'report'): string {
  const outcome = runScenario(libraryEntry(id)?.scenario ?? expect.fail(id));
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.errors));
  return kernelFtrace(outcome.trace, dialect);
}

registerDesigns(DESIGNS);

const bind = recorded('bind-race', 'trace');

function errorOf(text: string): string {
  const parsed = readKernelTrace(text);
  return parsed.ok ? 'no error' : `${parsed.errors[0]?.path}: ${parsed.errors[0]?.message}`;
}

describe('a recorded trace', () => {
  it.each(['trace', 'report'] as const)(
    'gives the calls of the run, in the words of %s',
    (dialect) => {
      const scenario = libraryEntry('group-first')?.scenario ?? expect.fail('group-first');
      const parsed = readKernelTrace(recorded('group-first', dialect));
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
      const { trace } = parsed;
      expect(isKernelTrace(recorded('group-first', dialect))).toBe(true);
      expect(trace.scenario.world.devices).toEqual(scenario.world.devices);
      const shown = (calls: typeof scenario.calls): readonly string[] =>
        calls.map(({ by, call, device = '' }) => `${by} ${call} ${device}`).toSorted();
      expect(shown(trace.scenario.calls)).toEqual(shown(scenario.calls));
      expect(trace.events.filter(({ kind }) => kind === 'exit')).toHaveLength(
        scenario.calls.length,
      );
      expect(trace.assumptions).toEqual([]);
    },
  );

  it('names what it had to assume without the world', () => {
    const parsed = readKernelTrace(bind.replace(/.*vfio-playground world.*\n/, ''));
    expect(parsed.ok && parsed.trace.assumptions).toEqual(['vfio0 is in IOMMU group 1000']);
  });

  it('reads raw syscalls, threads, mmap and a process that exits', () => {
    const line = (pid: number, seconds: string, event: string): string =>
      `            qemu-${pid}   (  70) [000] d..2. ${seconds}: ${event}`;
    const parsed = readKernelTrace(
      [
        line(
          70,
          '1.000001',
          'sys_openat(dfd: ffffff9c, filename: 0x7f01 "/dev/vfio/12", flags: 2, mode: 0)',
        ),
        line(70, '1.000002', 'sys_openat -> 0x9'),
        line(71, '1.000003', 'sys_enter: NR 16 (9, 3b6a, 7f02, 0, 0, 0)'),
        line(
          71,
          '1.000004',
          'vfio_group_ioctl_get_device_fd: (vfio_group_ioctl_get_device_fd+0x0/0x90 [vfio]) device="0000:06:0d.0"',
        ),
        line(71, '1.000005', 'sys_exit: NR 16 = 10'),
        line(70, '1.000006', 'sys_mmap(addr: 0, len: 1000, prot: 3, flags: 1, fd: a, off: 0)'),
        line(70, '1.000007', 'sys_mmap -> 0x7f9c00000000'),
        line(70, '1.000008', 'sys_munmap(addr: 7f9c00000000, len: 1000)'),
        line(70, '1.000009', 'sys_munmap -> 0x0'),
        line(70, '1.000010', 'sys_exit_group(error_code: 0)'),
      ].join('\n'),
    );
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
    const { calls, world } = parsed.trace.scenario;
    expect(calls.map(({ by, call, fd, device }) => [by, call, fd ?? device])).toEqual([
      ['qemu', 'open_group', undefined],
      ['qemu/2', 'get_device_fd', 'qemu.fd9'],
      ['qemu', 'mmap', 'qemu.fd10'],
      ['qemu', 'munmap', 'qemu.fd10'],
      ['qemu', 'process_exit', undefined],
    ]);
    expect(world.devices).toEqual([{ name: '0000:06:0d.0', group: '12' }]);
  });
});

describe('a damaged trace', () => {
  const lines = bind.split('\n');
  it.each([
    ['an empty file', '', /^line 1: expected the calls of a VFIO program/],
    [
      'binary data',
      'DATA\0\u0017\bD\0',
      /^line 1: expected ftrace text, got binary data: trace-cmd report/,
    ],
    [
      'a cut line',
      lines.with(9, lines[9]!.slice(0, 30)).join('\n'),
      /^line 10: expected an event, TASK-PID/,
    ],
    [
      'lost events',
      lines.toSpliced(8, 0, 'CPU:3 [LOST 12 EVENTS]').join('\n'),
      /^line 9: expected every event, got/,
    ],
    [
      'lines out of order',
      lines.toSpliced(6, 2, lines[7]!, lines[6]!).join('\n'),
      /^line 8: expected a time of at least/,
    ],
    [
      'a missing end of a call',
      lines
        .toSpliced(
          lines.findIndex((l) => l.includes('sys_openat ->')),
          1,
        )
        .join('\n'),
      /^line \d+: expected the end of open_cdev of qemu first/,
    ],
    [
      'an fd from before',
      bind.replaceAll(/.*openat.*\n/g, ''),
      /^line \d+: expected an fd that this trace opens, got ioctl 0x3b76 on fd/,
    ],
    [
      'a bad world',
      bind.replace('"devices"', '"divices"'),
      /^line 3: in the world, world.devices: expected/,
    ],
    [
      'a torn world',
      bind.replace('"devices":[', '"devices":'),
      /^line 3: expected a world as JSON/,
    ],
  ])('is refused with its line: %s', (_name, text, message) => {
    expect(errorOf(text)).toMatch(message);
  });

  it('never throws, whatever is changed', () => {
    const below = seededRandom(5);
    const paths = new Set<string>();
    const own = [
      '|',
      'B|',
      'sys_ioctl',
      '0x3b76',
      '-',
      ':',
      '"',
      '\0',
      '999999999999999999999',
      'é',
      '',
    ];
    for (let n = 0; n < 250; n++) {
      const at = below(bind.length);
      const text = bind.slice(0, at) + own[below(own.length)] + bind.slice(at + below(12));
      const parsed = readKernelTrace(text);
      if (!parsed.ok) paths.add(parsed.errors[0]?.path.replace(/\d+$/, 'N') ?? 'none');
    }
    expect(paths).toEqual(new Set(['line N']));
  });
});
