import { describe, expect, it } from 'vitest';
import type { Call, World } from '../../kernel/language/world';
import { startTestRun, exploreInterleavings } from '../testing/testRun';
import { design as parkedShim } from './design';

const world: World = { devices: [{ name: 'vfio0', group: '12' }], processes: ['qemu', 'dpdk'] };
const run = (calls: readonly Call[], options = {}, w = world) =>
  startTestRun(parkedShim, options, w, calls);

const cdevPath = (by: string, n: number): Call[] => [
  { by, call: 'open_cdev', device: 'vfio0', as: `fd${n}` },
  { by, call: 'open_iommufd', as: `ictx${n}` },
  { by, call: 'bind_iommufd', fd: `fd${n}`, iommufd: `ictx${n}` },
];

describe('parked-shim', () => {
  it('runs the cdev path and releases everything', () => {
    const d = run([
      ...cdevPath('qemu', 1),
      { by: 'qemu', call: 'device_io', fd: 'fd1' },
      { by: 'qemu', call: 'ioas_alloc', iommufd: 'ictx1', as: 'ioas1' },
      { by: 'qemu', call: 'attach_ioas', fd: 'fd1', ioas: 'ioas1' },
      { by: 'qemu', call: 'close', fd: 'ictx1' },
      { by: 'qemu', call: 'close', fd: 'fd1' },
      { by: 'driver', call: 'unregister_device', device: 'vfio0' },
    ]).runToEnd();
    expect(d.results()).toEqual(Array(9).fill(0));
    expect([...d.violations]).toEqual([]);
    expect(d.fieldValue('vfio0.life')).toBe(2);
    expect(d.fieldValue('group 12.life')).toBe(2);
    expect(d.fieldValue('ictx1 ctx.life')).toBe(2);
    expect(d.fieldValue('ioas1.life')).toBe(2);
    expect(d.fieldValue('iommu group 12.owner')).toBe(0);
  });

  it('runs the legacy path by the same sequence', () => {
    const d = run([
      { by: 'qemu', call: 'open_container', as: 'c' },
      { by: 'qemu', call: 'open_group', group: '12', as: 'g' },
      { by: 'qemu', call: 'get_device_fd', fd: 'g', device: 'vfio0', as: 'early' },
      { by: 'qemu', call: 'set_container', fd: 'g', container: 'c' },
      { by: 'qemu', call: 'set_iommu', fd: 'c' },
      { by: 'qemu', call: 'get_device_fd', fd: 'g', device: 'vfio0', as: 'd' },
      { by: 'qemu', call: 'get_device_fd', fd: 'g', device: 'vfio0', as: 'd2' },
      { by: 'qemu', call: 'device_io', fd: 'd' },
      { by: 'qemu', call: 'unset_container', fd: 'g' },
      { by: 'qemu', call: 'close', fd: 'c' },
      { by: 'qemu', call: 'device_io', fd: 'd' },
      { by: 'qemu', call: 'close', fd: 'g' },
      { by: 'qemu', call: 'close', fd: 'd' },
    ]).runToEnd();
    expect(d.results()).toEqual([0, 0, 'EINVAL', 0, 0, 0, 'EBUSY', 0, 0, 0, 0, 0, 0]);
    expect([...d.violations]).toEqual([]);
    expect(d.fieldValue('c ctx.life')).toBe(2);
    expect(d.fieldValue('vfio0.refcount')).toBe(1);
  });

  it('lets both open and one bind, in either order', () => {
    const calls = [...cdevPath('qemu', 1), ...cdevPath('dpdk', 2)];
    expect(run(calls).runUntil('qemu').runToEnd().results()).toEqual([0, 0, 0, 0, 0, 'EBUSY']);
    expect(run(calls).runUntil('dpdk').runToEnd().results()).toEqual([0, 0, 'EBUSY', 0, 0, 0]);
    const all = exploreInterleavings(parkedShim, {}, world, calls);
    expect([...all.violations]).toEqual([]);
    expect(all.states).toBeGreaterThan(100);
  });

  it('fails driver calls on a parked file, and the bind of a second file', () => {
    const d = run([
      ...cdevPath('qemu', 1).slice(0, 1),
      { by: 'qemu', call: 'device_io', fd: 'fd1' },
      { by: 'qemu', call: 'close', fd: 'fd1' },
    ]).runToEnd();
    expect(d.results()).toEqual([0, 'EINVAL', 0]);
    expect([...d.violations]).toEqual([]);
  });

  it('gives two normal files of one device with perDeviceCheck off and the same iommufd', () => {
    const calls: Call[] = [
      ...cdevPath('qemu', 1),
      { by: 'qemu/2', call: 'open_cdev', device: 'vfio0', as: 'fd2' },
      { by: 'qemu/2', call: 'bind_iommufd', fd: 'fd2', iommufd: 'ictx1' },
    ];
    const off = run(calls, { perDeviceCheck: 'false' }).runToEnd();
    expect(off.results()).toEqual([0, 0, 0, 0, 0]);
    expect([...off.violations.keys()]).toEqual(['single-bind']);
    expect(off.fieldValue('iommu group 12.owner_cnt')).toBe(2);
    expect(run(calls).runToEnd().results()).toEqual([0, 0, 0, 0, 'EBUSY']);
    const two = run([...cdevPath('qemu', 1), ...cdevPath('dpdk', 2)], {
      perDeviceCheck: 'false',
    }).runToEnd();
    expect(two.results()).toEqual([0, 0, 0, 0, 0, 'EPERM']);
    expect([...two.violations]).toEqual([]);
  });

  it('stops new opens before it waits with delBeforeWait, and can be starved without', () => {
    const calls: Call[] = [
      { by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'fd1' },
      { by: 'qemu', call: 'close', fd: 'fd1' },
      { by: 'dpdk', call: 'open_cdev', device: 'vfio0', as: 'fd2' },
      { by: 'dpdk', call: 'close', fd: 'fd2' },
      { by: 'driver', call: 'unregister_device', device: 'vfio0' },
    ];
    const good = run(calls)
      .runUntil('qemu', 'FILE.1')
      .runUntil('driver')
      .runUntil('dpdk')
      .runToEnd();
    expect(good.results()).toEqual([0, 0, 'ENOENT', 'skipped', 0]);
    const bad = run(calls, { delBeforeWait: 'false' })
      .runUntil('qemu', 'FILE.1')
      .runUntil('driver')
      .runUntil('dpdk', 'FILE.1')
      .runUntil('qemu');
    expect(bad.results()).toEqual([0, 0, 0, 'waiting', 'running']);
    bad.runToEnd();
    expect(bad.results()).toEqual([0, 0, 0, 0, 0]);
    for (const delBeforeWait of ['true', 'false'])
      expect([
        ...exploreInterleavings(parkedShim, { delBeforeWait }, world, calls).violations,
      ]).toEqual([]);
  });

  it('admits opens from the step that refcountBeforeAdd selects', () => {
    const w: World = {
      devices: [{ name: 'vfio0', group: '12', registered: false, staleNode: true }],
      processes: ['qemu'],
    };
    const calls: Call[] = [
      { by: 'driver', call: 'register_device', device: 'vfio0' },
      { by: 'qemu', call: 'open_cdev', device: 'vfio0', as: 'fd1' },
    ];
    expect(run(calls, {}, w).runUntil('driver', 'REG.7a').runUntil('qemu').results()[1]).toBe(
      'ENXIO',
    );
    expect(run(calls, {}, w).runUntil('driver', 'REG.6').runUntil('qemu').results()[1]).toBe(
      'ENODEV',
    );
    expect(run(calls, {}, w).runUntil('driver', 'REG.8').runUntil('qemu').results()[1]).toBe(0);
    expect(
      run(calls, { refcountBeforeAdd: 'true' }, w)
        .runUntil('driver', 'REG.7b')
        .runUntil('qemu')
        .results()[1],
    ).toBe(0);
    const clean = run([{ ...calls[0]!, fault: 'REG.7b' }], {}, w).runToEnd();
    expect(clean.results()).toEqual(['ENOMEM']);
    expect([...clean.violations]).toEqual([]);
    expect(clean.fieldValue('vfio0.life')).toBe(2);
  });

  it('undoes every step of bind that can fail', () => {
    for (const fault of [
      'BIND.5:IBIND.1',
      'BIND.5:IBIND.2',
      'BIND.5:IBIND.3',
      'BIND.5:IBIND.4',
      'BIND.5:IBIND.5',
      'BIND.7a',
      'BIND.7b',
    ]) {
      const calls = cdevPath('qemu', 1);
      const d = run([
        ...calls.slice(0, 2),
        { ...calls[2]!, fault },
        { by: 'qemu', call: 'bind_iommufd', fd: 'fd1', iommufd: 'ictx1' },
      ]).runToEnd();
      expect([fault, d.results()[2] === 0, d.results()[3]]).toEqual([fault, false, 0]);
      expect([...d.violations]).toEqual([]);
    }
  });

  it('shows the conflict of both paths at the bind, not at the open', () => {
    const calls: Call[] = [
      { by: 'qemu', call: 'open_container', as: 'c' },
      { by: 'qemu', call: 'open_group', group: '12', as: 'g' },
      { by: 'qemu', call: 'set_container', fd: 'g', container: 'c' },
      { by: 'qemu', call: 'get_device_fd', fd: 'g', device: 'vfio0', as: 'd' },
      ...cdevPath('dpdk', 1),
    ];
    expect(run(calls).runUntil('qemu').runToEnd().results()).toEqual([0, 0, 0, 0, 0, 0, 'EBUSY']);
    expect(run(calls).runUntil('dpdk').runToEnd().results()).toEqual([0, 0, 0, 'EBUSY', 0, 0, 0]);
    expect([...exploreInterleavings(parkedShim, {}, world, calls).violations]).toEqual([]);
  });
});
