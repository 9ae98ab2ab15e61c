import { describe, expect, it } from 'vitest';
import type { Call, World } from '../../kernel/world';
import { drive, explore } from '../testDrive';
import { upstream } from './upstream';

const world: World = { devices: [{ name: 'vfio0', group: '12' }], processes: ['qemu', 'dpdk'] };
const run = (calls: readonly Call[], options = {}, w = world) => drive(upstream, options, w, calls);

const cdevPath = (by: string, n: number): Call[] => [
  { by, call: 'open_cdev', device: 'vfio0', as: `fd${n}` },
  { by, call: 'open_iommufd', as: `ictx${n}` },
  { by, call: 'bind_iommufd', fd: `fd${n}`, iommufd: `ictx${n}` },
];

/** Group path, with a container or with an iommufd in its place. */
const groupPath = (by: string, mode: 'open_container' | 'open_iommufd'): Call[] => [
  { by, call: 'open_group', group: '12', as: 'g' },
  { by, call: mode, as: 'c' },
  { by, call: 'set_container', fd: 'g', container: 'c' },
  { by, call: 'set_iommu', fd: 'c' },
  { by, call: 'get_device_fd', fd: 'g', device: 'vfio0', as: 'd' },
];

describe('upstream', () => {
  it('goes the happy cdev path and leaves nothing behind', () => {
    const d = run([
      ...cdevPath('qemu', 1),
      { by: 'qemu', call: 'device_io', fd: 'fd1' },
      { by: 'qemu', call: 'ioas_alloc', iommufd: 'ictx1', as: 'ioas1' },
      { by: 'qemu', call: 'attach_ioas', fd: 'fd1', ioas: 'ioas1' },
      { by: 'qemu', call: 'close', fd: 'ictx1' },
      { by: 'qemu', call: 'close', fd: 'fd1' },
      { by: 'driver', call: 'unregister_device', device: 'vfio0' },
    ]).finish();
    expect(d.results()).toEqual(Array(9).fill(0));
    expect([...d.broken]).toEqual([]);
    for (const object of ['vfio0', 'group 12', 'devset vfio0', 'ictx1 ctx', 'ioas1', 'fd1 df']) expect([object, d.value(`${object}.life`)]).toEqual([object, 2]);
    expect(d.value('iommu group 12.owner')).toBe(0);
  });

  it('claims the DMA at SET_CONTAINER in container mode, at GET_DEVICE_FD in iommufd mode', () => {
    const claimed = (mode: 'open_container' | 'open_iommufd', before: string): number => run(groupPath('qemu', mode)).until('qemu', before).value('iommu group 12.owner_cnt');
    expect([claimed('open_container', 'SETC.1'), claimed('open_container', 'GDF.1')]).toEqual([0, 1]);
    expect([claimed('open_iommufd', 'GDF.1'), claimed('open_iommufd', 'GDF.12')]).toEqual([0, 1]);
  });

  it('closes the group path clean in any order', () => {
    for (const mode of ['open_container', 'open_iommufd'] as const) {
      for (const order of ['gcd', 'gdc', 'cgd', 'cdg', 'dgc', 'dcg']) {
        const d = run([...groupPath('qemu', mode), { by: 'qemu', call: 'device_io', fd: 'd' }, ...order.split('').map((fd): Call => ({ by: 'qemu', call: 'close', fd }))]).finish();
        expect([mode, order, d.results()]).toEqual([mode, order, Array(9).fill(0)]);
        expect([mode, order, ...d.broken]).toEqual([mode, order]);
        for (const zero of ['vfio0.open_count', 'group 12.opened_file', 'iommu group 12.owner_cnt', 'group 12.container_users']) expect([zero, d.value(zero)]).toEqual([zero, 0]);
      }
    }
  });

  it('lets both open and one bind, whoever comes first', () => {
    const calls = [...cdevPath('qemu', 1), ...cdevPath('dpdk', 2)];
    expect(run(calls).until('qemu').finish().results()).toEqual([0, 0, 0, 0, 0, 'EINVAL']);
    expect(run(calls).until('dpdk').finish().results()).toEqual([0, 0, 'EINVAL', 0, 0, 0]);
    expect([...explore(upstream, {}, world, calls).broken]).toEqual([]);
  });
});
