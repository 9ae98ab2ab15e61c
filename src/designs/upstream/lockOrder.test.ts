import { describe, expect, it } from 'vitest';
import type { Call, World } from '../../kernel/language/world';
import { cdevPathCalls, closeCalls, groupPathCalls, ONE_DEVICE } from '../testing/upstreamCalls';
import { lockOrdersOf } from '../testing/lockOrders';
import { design as upstream } from './design';

/** The lock order of v6.6, outer to inner. The driver core holds its lock around all of probe and remove. */
const HIERARCHY = [
  'parent.mutex',
  'vfio.group_lock',
  'group.device_lock',
  'group.group_lock',
  'container.group_lock',
  'vfio.iommu_drivers_lock',
  'dev_set.lock',
  'ioas.mutex',
  'igroup.lock',
  'iommu_group.mutex',
];

const cdev: Call[] = [
  ...cdevPathCalls('a', 1),
  { by: 'a', call: 'ioas_alloc', iommufd: 'ictx1', as: 'ioas1' },
  { by: 'a', call: 'ioas_alloc', iommufd: 'ictx1', as: 'ioas2' },
  { by: 'a', call: 'attach_ioas', fd: 'fd1', ioas: 'ioas1' },
  { by: 'a', call: 'attach_ioas', fd: 'fd1', ioas: 'ioas2' },
  { by: 'a', call: 'detach_ioas', fd: 'fd1' },
  { by: 'a', call: 'attach_ioas', fd: 'fd1', ioas: 'ioas1' },
  ...closeCalls('a', 'fd1', 'ictx1'),
];
const container: Call[] = [
  ...groupPathCalls('a', 1, 'open_container'),
  ...closeCalls('a', 'd1', 'g1', 'c1'),
];
const iommufd: Call[] = [
  ...groupPathCalls('a', 1, 'open_iommufd'),
  ...closeCalls('a', 'd1', 'g1', 'c1'),
];
const registration: Call[] = [
  { by: 'driver', call: 'register_device', device: 'vfio0' },
  { by: 'driver', call: 'register_device', device: 'vfio1' },
  { by: 'driver', call: 'unregister_device', device: 'vfio0' },
  { by: 'driver', call: 'unregister_device', device: 'vfio1' },
];
const pair: World = {
  ...ONE_DEVICE,
  devices: [
    { name: 'vfio0', group: '12', devset: 's', registered: false },
    { name: 'vfio1', group: '12', devset: 's', registered: false },
  ],
};

describe('the locks of v6.6', () => {
  const all = new Set([
    ...lockOrdersOf(upstream, ONE_DEVICE, cdev),
    ...lockOrdersOf(upstream, ONE_DEVICE, container),
    ...lockOrdersOf(upstream, ONE_DEVICE, iommufd),
    ...lockOrdersOf(upstream, pair, registration),
  ]);

  it('are taken from the outer to the inner', () => {
    for (const order of all) {
      const [held = '', taken = ''] = order.split(' > ');
      expect([
        order,
        HIERARCHY.includes(held),
        HIERARCHY.includes(taken),
        HIERARCHY.indexOf(held) < HIERARCHY.indexOf(taken),
      ]).toEqual([order, true, true, true]);
    }
  });

  it('nest as the source says', () => {
    for (const order of [
      'vfio.group_lock > group.device_lock',
      'vfio.group_lock > group.group_lock',
      'group.group_lock > container.group_lock',
      'container.group_lock > iommu_group.mutex',
      'container.group_lock > vfio.iommu_drivers_lock',
      'group.group_lock > dev_set.lock',
      'dev_set.lock > iommu_group.mutex',
      'dev_set.lock > ioas.mutex',
      'ioas.mutex > igroup.lock',
      'igroup.lock > iommu_group.mutex',
    ])
      expect(all).toContain(order);
  });

  it('of group and reset set are never nested by the cdev path, always by the group path', () => {
    expect(
      [...lockOrdersOf(upstream, ONE_DEVICE, cdev)].filter((o) => o.startsWith('group.group_lock')),
    ).toEqual([]);
    for (const calls of [container, iommufd])
      expect(lockOrdersOf(upstream, ONE_DEVICE, calls)).toContain(
        'group.group_lock > dev_set.lock',
      );
  });
});
