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

/** Shapes of lines as kernels and trace-cmd print them; each opens group 12 as fd 11 and asks for its status. */
describe('the lines of a recorded trace', () => {
  const path = 'probe_open: (do_sys_openat2+0x0/0x90) path="/dev/vfio/12"';
  it.each<readonly [string, readonly string[]]>([
    [
      'the file trace of v6.12, without a latency column for the delay',
      [
        '            qemu-940     [001] ....  5807.145124: sys_openat(dfd: ffffff9c, filename: 562bac4cf9f5, flags: 2, mode: 0)',
        `            qemu-940     [001] ....  5807.145125: ${path}`,
        '            qemu-940     [001] ....  5807.145126: sys_openat -> 0xb',
        '            qemu-940     [001] ...1.  5807.145127: sys_ioctl(fd: b, cmd: 3b67, arg: 7ffc0003efaf)',
        '            qemu-940     [001] d..2.  5807.145128: sys_ioctl -> 0x0',
      ],
    ],
    [
      'the file trace of v7.0, which prints paths, flags and 0x',
      [
        '            qemu-1185    [002] ...1.  1291.690504: sys_openat(dfd: 18446744073709551516, filename: 140733603151330 "/dev/vfio/12", flags: O_RDWR|O_CLOEXEC)',
        '            qemu-1185    [002] DBZ.f  1291.690505: sys_openat -> 0xb',
        '            qemu-1185    [002] DBZ.f  1291.690506: sys_ioctl(fd: 0xb, cmd: 0x3b67, arg: 0x7fffd3d6a2d0)',
        '            qemu-1185    [002] .l...  1291.690507: sys_ioctl -> 0x0',
      ],
    ],
    [
      'raw syscalls, with a comm that the kernel did not save',
      [
        '           <...>-15509 [002] .... 112170.687012: sys_enter: NR 257 (ffffff9c, 7ffd0c9241f0, 2, 0, 0, 700600)',
        `           <...>-15509 [002] .... 112170.687013: ${path}`,
        '           <...>-15509 [002] .... 112170.687014: sys_exit: NR 257 = 11',
        '           <...>-15509 [002] .... 112170.687015: sys_enter: NR 16 (b, 3b67, 7ffd0c9241f0, 0, 0, 700600)',
        '           <...>-15509 [002] .... 112170.687016: sys_exit: NR -1 = 0',
        '           <...>-15509 [002] .... 112170.687017: sys_exit: NR 16 = 0',
      ],
    ],
    [
      'trace-cmd report, with a dash and a colon in the comm, and nanoseconds',
      [
        'cpus=8',
        '  Binder:705_1-729   [002] 80386.902726001: sys_enter_openat:     dfd: 0xffffff9c, filename: 0x7f8cb01278, flags: 0x00000002, mode: 0x00000000',
        '  Binder:705_1-729   [002] 80386.902726002: probe_open:           (ffffffff8133d5e4) path="/dev/vfio/12"',
        '  Binder:705_1-729   [002] 80386.902726003: sys_exit_openat:      0xb',
        '  Binder:705_1-729   [002] 80386.902726004: sys_enter_ioctl:      fd: 0x0000000b, cmd: 0x00003b67, arg: 0x7ffc0003efaf',
        '  Binder:705_1-729   [002] 80386.902726005: contention_begin:     0xffff888104b2a0c8 (flags=SPIN)',
        '  Binder:705_1-729   [002] 80386.902726006: sys_exit_ioctl:       0x0',
      ],
    ],
  ])('are read: %s', (_name, lines) => {
    const parsed = readKernelTrace(['# tracer: nop', '#', ...lines, ''].join('\n'));
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
    const { scenario, events } = parsed.trace;
    expect(scenario.calls.map(({ call, group, fd }) => [call, group ?? fd])).toEqual([
      ['open_group', '12'],
      ['group_status', scenario.calls[0]?.as],
    ]);
    expect(events.map(({ kind }) => kind)).toEqual(['enter', 'exit', 'enter', 'exit']);
  });

  it('name the mutex of a contention, hashed or not', () => {
    const lines = [
      'qemu-70 [000] d..2. 1.000001: sys_openat(dfd: ffffff9c, filename: 7f "/dev/vfio/12", flags: 2, mode: 0)',
      'qemu-70 [000] d..1. 1.000002: contention_begin: 00000000610328f2 (flags=SPIN|WRITE)',
      'qemu-70 [000] d..1. 1.000003: contention_begin: 0000000061032800 (flags=SPIN|MUTEX)',
      'qemu-70 [000] d..1. 1.000003: contention_end: 0000000061032800 (ret=0)',
      'qemu-70 [000] d..1. 1.000003: contention_begin: ffff8881610328f2 (flags=SPIN|MUTEX)',
      'qemu-70 [000] d..1. 1.000004: contention_begin: 0xffff8881610328f2 (flags=MUTEX)',
      'qemu-70 [000] d..1. 1.000005: contention_end: 0xffff8881610328f2 (ret=0)',
      'qemu-70 [000] d..2. 1.000006: sys_openat -> 0xfffffffffffffff0',
    ];
    const parsed = readKernelTrace(lines.join('\n'));
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
    expect(
      parsed.trace.events.flatMap((event) =>
        event.kind === 'contention' ? [[event.phase, event.lock]] : [],
      ),
    ).toEqual([
      ['begin', 'ffff8881610328f2'],
      ['end', 'ffff8881610328f2'],
    ]);
    expect(parsed.trace.events.at(-1)).toMatchObject({ kind: 'exit', returns: '-EBUSY' });
  });
});

describe('a trace that lost events', () => {
  const lines = bind.trimEnd().split('\n');
  const onCpu = (line: string, cpu: string): string => line.replace('[003]', `[00${cpu}]`);
  /** The line of the end of a call, after which nothing is in flight. */
  const end = lines.findLastIndex((line) => line.includes('sys_openat ->'));

  it.each([
    ['CPU:3 [LOST 12 EVENTS]', 12],
    ['CPU:3 [LOST EVENTS]', undefined],
    ['CPU:3 [12 EVENTS DROPPED]', 12],
    ['CPU:3 [EVENTS DROPPED]', undefined],
  ])('is read up to the last event of that CPU before %s', (loss, count) => {
    // Between that event and the report, two events of another CPU.
    const text = [
      ...lines.slice(0, end + 1),
      ...lines.slice(end + 1, end + 3).map((line) => onCpu(line, '1')),
      loss,
      ...lines.slice(end + 3),
    ].join('\n');
    const parsed = readKernelTrace(text);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
    const { complete, events, scenario, readEvents } = parsed.trace;
    expect(complete).toEqual({
      lost: [{ line: end + 4, cpu: 3, count, after: end + 1 }],
      lastLine: end + 1,
      notRead: lines.length - end - 1,
    });
    expect(readEvents).toBe(end + 1 - 2);
    expect(events.at(-1)?.line).toBe(end + 1);
    const whole = readKernelTrace(bind);
    if (!whole.ok) throw new Error('the whole trace');
    expect(events).toEqual(whole.trace.events.slice(0, events.length));
    expect(scenario.calls).toEqual(whole.trace.scenario.calls.slice(0, scenario.calls.length));
  });

  it('is complete up to the earliest of several losses', () => {
    const [late, early] = [lines.length - 2, end + 1];
    const text = lines
      .map((line, index) => onCpu(line, index === early ? '1' : '3'))
      .toSpliced(late + 1, 0, 'CPU:3 [LOST 1 EVENTS]', 'CPU:1 [LOST 2 EVENTS]')
      .join('\n');
    const parsed = readKernelTrace(text);
    expect(parsed.ok && parsed.trace.complete).toMatchObject({
      lost: [
        { cpu: 3, count: 1, after: late + 1 },
        { cpu: 1, count: 2, after: early + 1 },
      ],
      lastLine: early + 1,
    });
  });

  it('ends before a call whose arguments the lost part would show', () => {
    const text = [
      'qemu-70 [003] ..... 1.000001: sys_openat(dfd: ffffff9c, filename: 7f "/dev/vfio/12", flags: 2, mode: 0)',
      'qemu-70 [003] ..... 1.000002: sys_openat -> 0xb',
      'qemu-70 [003] ..... 1.000003: sys_ioctl(fd: b, cmd: 3b6a, arg: 7ffc0003efaf)',
      'CPU:3 [LOST 3 EVENTS]',
      'qemu-70 [003] ..... 1.000004: sys_ioctl -> 0xc',
    ].join('\n');
    const parsed = readKernelTrace(text);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
    expect(parsed.trace.complete).toMatchObject({ lastLine: 2, notRead: 2 });
    expect(parsed.trace.scenario.calls.map(({ call }) => call)).toEqual(['open_group']);
  });
});

it('takes a binary recording for a trace, whose error says how to print it', () => {
  for (const text of ['\u0017\bDtracing6\0', 'PERFILE2h\0'])
    expect([isKernelTrace(text), readKernelTrace(text).ok]).toEqual([true, false]);
  expect(isKernelTrace('{ "format": "vfio-playground/scenario@1" }')).toBe(false);
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
      'lost events before the first one',
      `cpus=8\nCPU:3 [204600 EVENTS DROPPED]\n${bind}`,
      /^line 2: expected an event of CPU 3 before its loss, got "CPU:3 \[204600 EVENTS DROPPED\]": events can be missing from the first line on/,
    ],
    [
      'lost events before the first call',
      lines.toSpliced(3, 0, 'CPU:3 [LOST EVENTS]').join('\n'),
      /^line 4: expected a call of a VFIO program before the first lost event, got none up to line 3/,
    ],
    [
      'perf script',
      'qemu-system-x86   940 [001]  5807.145124: syscalls:sys_enter_ioctl: fd: 0x0000000b, cmd: 0x00003b67',
      /^line 1: expected ftrace text, got a recording of perf: record with trace-cmd/,
    ],
    ['perf.data', 'PERFILE2h\0\0\0', /^line 1: expected ftrace text, got a recording of perf/],
    [
      'a buffer that was overwritten',
      `# tracer: nop\n#\n# entries-in-buffer/entries-written: 358096/10552611   #P:8\n${bind}`,
      /^line 3: expected every event, got 358096 of 10552611: the buffer was overwritten from the first event on/,
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
