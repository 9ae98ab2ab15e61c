import { describe, expect, it } from 'vitest';
import type { Call, World } from '../../kernel/language/world';
import { exploreInterleavings, startTestRun } from '../testing/testRun';
import { design as upstream } from './design';

const world: World = {
  devices: [
    { name: 'vfio0', group: '12', devset: 's0' },
    { name: 'vfio1', group: '12', devset: 's0' },
    { name: 'vfio2', group: '13', devset: 's0' },
  ],
  processes: ['p', 'q'],
};
const open = (by: string, device: string, as: string): Call => ({
  by,
  call: 'open_cdev',
  device,
  as,
});
const bind = (by: string, fd: string, iommufd: string): Call => ({
  by,
  call: 'bind_iommufd',
  fd,
  iommufd,
});
const reset = (fd: string, more: Partial<Call> = {}): Call => ({
  by: 'p',
  call: 'hot_reset',
  fd,
  ...more,
});
const bound: readonly Call[] = [
  open('p', 'vfio0', 'fd1'),
  { by: 'p', call: 'open_iommufd', as: 'ictx1' },
  bind('p', 'fd1', 'ictx1'),
];

/** The result of the last call of `p`, run after all of `q`. */
function lastResult(calls: readonly Call[], devices = world.devices) {
  const r = startTestRun(upstream, {}, { ...world, devices }, calls);
  if (calls.some((c) => c.by === 'q')) r.runUntil('q');
  r.runToEnd();
  expect([...r.violations.keys()]).toEqual([]);
  return r.results()[calls.findLastIndex((c) => c.by === 'p')];
}

describe('a hot reset', () => {
  it('needs every device of the bus: bound to the same iommufd, or a sibling in an owned group', () => {
    expect(lastResult([...bound, reset('fd1')], world.devices.slice(0, 2))).toBe(0);
    expect(lastResult([...bound, reset('fd1')])).toBe('EINVAL');
    const rest = [open('p', 'vfio2', 'fd2'), bind('p', 'fd2', 'ictx1'), reset('fd1')];
    expect(lastResult([...bound, ...rest])).toBe(0);
  });

  it('is refused while another iommufd has a device of the bus', () => {
    const other: readonly Call[] = [
      open('q', 'vfio2', 'fd2'),
      { by: 'q', call: 'open_iommufd', as: 'ictx2' },
      bind('q', 'fd2', 'ictx2'),
    ];
    expect(lastResult([...bound, ...other, reset('fd1')])).toBe('EINVAL');
  });

  it('is refused if a device of the bus has no VFIO driver', () => {
    const devices = [world.devices[0]!, { ...world.devices[1]!, registered: false }];
    expect(lastResult([...bound, reset('fd1')], devices)).toBe('EINVAL');
  });

  it('takes no group fds through a cdev, and needs them on the group path', () => {
    const group: Call = { by: 'p', call: 'open_group', group: '13', as: 'grp2' };
    expect(lastResult([group, ...bound, reset('fd1', { groups: ['grp2'] })])).toBe('EINVAL');
    expect(lastResult([open('p', 'vfio0', 'fd1'), reset('fd1')])).toBe('EINVAL');
  });

  it('fails without waiting if memory_lock is held, if the bus cannot be reset, or at the argument', () => {
    const devices = world.devices.slice(0, 2);
    for (const [fault, errno] of [
      ['GATE.2', 'EIO'],
      ['HRESET.1', 'EFAULT'],
      ['HRESET.2', 'EINVAL'],
      ['HRESET.4', 'ENODEV'],
      ['HRESET.8', 'EBUSY'],
    ] as const)
      expect(lastResult([...bound, reset('fd1', { fault })], devices)).toBe(errno);
  });

  it('makes accesses of the bus wait, and never waits for a removal', () => {
    const calls: readonly Call[] = [
      ...bound,
      reset('fd1'),
      { by: 'p', call: 'close', fd: 'fd1' },
      { by: 'p/2', call: 'device_io', fd: 'fd1' },
      { by: 'driver', call: 'unregister_device', device: 'vfio0' },
    ];
    const oneDevice = { ...world, devices: world.devices.slice(0, 1) };
    const r = startTestRun(upstream, {}, oneDevice, calls);
    r.runUntil('p', 'HRESET.9').runUntil('p/2');
    expect(r.results()[5]).toBe('running');
    r.runUntil('driver');
    expect(r.results()[6]).toBe('running');
    r.runToEnd();
    expect(r.results().slice(3)).toEqual(['EAGAIN', 0, 0, 0]);
    const found = exploreInterleavings(upstream, {}, oneDevice, calls);
    expect([...found.violations.keys()]).toEqual([]);
  });
});
