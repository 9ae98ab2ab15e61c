import { describe, expect, it } from 'vitest';
import type { PropertyId } from '../../kernel/language/propertyId';
import type { Call, World } from '../../kernel/language/world';
import { exploreInterleavings } from '../testing/testRun';
import { cdevPathCalls, closeCalls, groupPathCalls, ONE_DEVICE } from '../testing/upstreamCalls';
import { design as upstream } from './design';

/** What every interleaving of some calls comes to: the number of states, and the properties that break. */
interface InterleavingCase {
  readonly name: string;
  readonly calls: readonly Call[];
  readonly states: number;
  readonly violations?: readonly PropertyId[];
  readonly world?: World;
}

const unregister: Call = { by: 'driver', call: 'unregister_device', device: 'vfio0' };
const register: Call = { by: 'driver', call: 'register_device', device: 'vfio0' };
const unregistered: World = {
  ...ONE_DEVICE,
  devices: [{ name: 'vfio0', group: '12', registered: false }],
};

/** Two processes and one device: every interleaving, and which properties hold. */
const cases: readonly InterleavingCase[] = [
  {
    name: 'cdev and cdev',
    calls: [
      ...cdevPathCalls('a', 1),
      { by: 'a', call: 'device_io', fd: 'fd1' },
      ...closeCalls('a', 'fd1'),
      ...cdevPathCalls('b', 2),
      { by: 'b', call: 'device_io', fd: 'fd2' },
      ...closeCalls('b', 'fd2'),
    ],
    states: 2131,
  },
  {
    name: 'cdev and container',
    calls: [
      ...cdevPathCalls('a', 1),
      ...closeCalls('a', 'fd1'),
      ...groupPathCalls('b', 2, 'open_container'),
      ...closeCalls('b', 'd2', 'g2'),
    ],
    states: 1836,
  },
  {
    name: 'cdev and group in iommufd mode',
    calls: [
      ...cdevPathCalls('a', 1),
      ...closeCalls('a', 'fd1'),
      ...groupPathCalls('b', 2, 'open_iommufd'),
      ...closeCalls('b', 'g2', 'd2'),
    ],
    states: 2613,
  },
  {
    name: 'container and container, groups closed first',
    calls: [
      ...groupPathCalls('a', 1, 'open_container'),
      ...closeCalls('a', 'g1', 'd1'),
      ...groupPathCalls('b', 2, 'open_container'),
      ...closeCalls('b', 'g2', 'd2'),
    ],
    states: 1657,
  },
  {
    name: 'iommufd mode twice, devices closed first',
    calls: [
      ...groupPathCalls('a', 1, 'open_iommufd'),
      ...closeCalls('a', 'd1', 'g1'),
      ...groupPathCalls('b', 2, 'open_iommufd'),
      ...closeCalls('b', 'd2', 'g2'),
    ],
    states: 2441,
  },
  // M2: the group file is not pinned in iommufd mode.
  {
    name: 'iommufd mode twice, groups closed first',
    calls: [
      ...groupPathCalls('a', 1, 'open_iommufd'),
      ...closeCalls('a', 'g1', 'd1'),
      ...groupPathCalls('b', 2, 'open_iommufd'),
      ...closeCalls('b', 'g2', 'd2'),
    ],
    states: 3473,
    violations: ['owner-exclusive', 'dma-owner'],
  },
  {
    name: 'iommufd mode twice in one process, by UNSET_CONTAINER',
    states: 111,
    violations: ['owner-exclusive', 'dma-owner'],
    calls: [
      ...groupPathCalls('a', 1, 'open_iommufd'),
      { by: 'a', call: 'unset_container', fd: 'g1' },
      { by: 'a', call: 'open_iommufd', as: 'c2' },
      { by: 'a', call: 'set_container', fd: 'g1', container: 'c2' },
      { by: 'a', call: 'get_device_fd', fd: 'g1', device: 'vfio0', as: 'd2' },
      ...closeCalls('a', 'd1', 'c2', 'd2'),
    ],
  },
  {
    name: 'iommufd mode, group closed first, and container',
    calls: [
      ...groupPathCalls('a', 1, 'open_iommufd'),
      ...closeCalls('a', 'g1', 'd1'),
      ...groupPathCalls('b', 2, 'open_container'),
      ...closeCalls('b', 'g2', 'd2'),
    ],
    states: 2524,
  },
  // M1: a bind that fails puts a KVM reference that is not its own, or drops one.
  {
    name: 'cdev and cdev, each with its KVM',
    calls: [...cdevPathCalls('a', 1, 'vm1'), ...cdevPathCalls('b', 2, 'vm2')],
    states: 799,
    violations: ['kvm-ref', 'counters'],
  },
  {
    name: 'cdev and cdev, one with a KVM',
    calls: [...cdevPathCalls('a', 1, 'vm1'), ...cdevPathCalls('b', 2)],
    states: 764,
    violations: ['kvm-ref'],
  },
  {
    name: 'cdev and unregister',
    calls: [...cdevPathCalls('a', 1), ...closeCalls('a', 'fd1'), unregister],
    states: 569,
  },
  {
    name: 'container and unregister',
    calls: [
      ...groupPathCalls('a', 1, 'open_container'),
      ...closeCalls('a', 'd1', 'g1', 'c1'),
      unregister,
    ],
    states: 1385,
  },
  {
    name: 'iommufd mode and unregister',
    calls: [...groupPathCalls('a', 1, 'open_iommufd'), ...closeCalls('a', 'g1', 'd1'), unregister],
    states: 1177,
  },
  {
    name: 'register, unregister, cdev and group open',
    world: unregistered,
    calls: [
      register,
      unregister,
      ...cdevPathCalls('a', 1),
      ...closeCalls('a', 'fd1'),
      { by: 'b', call: 'open_group', group: '12', as: 'g1' },
    ],
    states: 7391,
  },
  {
    name: 'a registration that fails late, and opens',
    world: { ...unregistered, devices: [{ ...unregistered.devices[0]!, staleNode: true }] },
    calls: [
      { ...register, fault: 'REG.10b' },
      { by: 'a', call: 'open_cdev', device: 'vfio0', as: 'fd1' },
      { by: 'b', call: 'open_cdev', device: 'vfio0', as: 'fd2' },
    ],
    states: 735,
  },
  {
    name: 'two threads bind one fd',
    calls: [
      ...cdevPathCalls('a', 1),
      { by: 'a/2', call: 'bind_iommufd', fd: 'fd1', iommufd: 'ictx1' },
      { by: 'a/2', call: 'device_io', fd: 'fd1' },
    ],
    states: 330,
  },
  {
    name: 'UNSET_CONTAINER and close against GET_DEVICE_FD',
    calls: [
      ...groupPathCalls('a', 1, 'open_container'),
      { by: 'a/2', call: 'unset_container', fd: 'g1' },
      { by: 'a/2', call: 'close', fd: 'g1' },
      ...closeCalls('a', 'd1'),
    ],
    states: 521,
  },
  {
    name: 'the same in iommufd mode',
    calls: [
      ...groupPathCalls('a', 1, 'open_iommufd'),
      { by: 'a/2', call: 'unset_container', fd: 'g1' },
      { by: 'a/2', call: 'close', fd: 'g1' },
      ...closeCalls('a', 'd1'),
    ],
    states: 554,
  },
  {
    name: 'a page table replaced while a sibling closes',
    states: 2165,
    world: {
      ...ONE_DEVICE,
      devices: [
        { name: 'vfio0', group: '12', devset: 's' },
        { name: 'vfio1', group: '12', devset: 's' },
      ],
    },
    calls: [
      ...cdevPathCalls('a', 1),
      { by: 'a', call: 'ioas_alloc', iommufd: 'ictx1', as: 'ioas1' },
      { by: 'a', call: 'attach_ioas', fd: 'fd1', ioas: 'ioas1' },
      { by: 'a', call: 'open_cdev', device: 'vfio1', as: 'fd2' },
      { by: 'a', call: 'bind_iommufd', fd: 'fd2', iommufd: 'ictx1' },
      { by: 'a/2', call: 'ioas_alloc', iommufd: 'ictx1', as: 'ioas2' },
      { by: 'a/2', call: 'attach_ioas', fd: 'fd2', ioas: 'ioas1' },
      { by: 'a/2', call: 'attach_ioas', fd: 'fd2', ioas: 'ioas2' },
      ...closeCalls('a/2', 'fd2'),
      ...closeCalls('a', 'fd1'),
    ],
  },
  {
    name: 'a reader against the bind, with store buffers',
    world: { ...ONE_DEVICE, storeBuffers: true },
    calls: [
      ...cdevPathCalls('a', 1),
      { by: 'a/2', call: 'device_io', fd: 'fd1' },
      { by: 'a/2', call: 'device_io', fd: 'fd1' },
      ...closeCalls('a', 'fd1'),
    ],
    states: 423,
  },
];

describe('every interleaving of two tasks and one device', () => {
  it.each(cases)('$name', ({ calls, states, violations: broken = [], world = ONE_DEVICE }) => {
    const found = exploreInterleavings(upstream, {}, world, calls);
    expect({ states: found.states, broken: [...found.violations.keys()].toSorted() }).toEqual({
      states,
      broken: [...broken].toSorted(),
    });
  });

  it('breaks nothing about KVM where KVM is left out', () => {
    expect([
      ...exploreInterleavings(upstream, { kvm: 'false' }, ONE_DEVICE, [
        ...cdevPathCalls('a', 1, 'vm1'),
        ...cdevPathCalls('b', 2, 'vm2'),
      ]).violations,
    ]).toEqual([]);
  });
});
