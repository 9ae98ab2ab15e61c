import type { FieldSpec, ObjectType } from '../../kernel/language/design';
import {
  countDevices,
  countFiles,
  countCalls,
  sumOf,
  positionOf,
} from '../../kernel/language/staticNumber';
import {
  REGISTERED_AT_START,
  REGISTERED_IN_GROUP,
  GROUP_LIVE_AT_START,
} from '../shared/parentDevice';

/** An open counter. The release guesses the path and can decrement the wrong one, so the range goes below zero. */
const openCounter = (files: readonly ('cdev' | 'group')[], key: 'device' | 'group'): FieldSpec => ({
  kind: 'int',
  lo: -8,
  hi: sumOf(1, countFiles(files, key)),
});

const setIfRegisteredAtStart = (memberOf: string): FieldSpec => ({
  kind: 'bool',
  memberOf,
  init: REGISTERED_AT_START,
});

/** The global `vfio`: locks over the list of groups, over the devices and their idr, and over the IOMMU drivers. */
export const vfioGlobal: ObjectType = {
  type: 'vfio',
  role: 'vfio',
  per: 'global',
  name: 'vfio',
  about: 'The list of groups, the idr of device minors and the IOMMU drivers, with their locks.',
  fields: {
    group_lock: { kind: 'mutex' },
    device_lock: { kind: 'mutex' },
    iommu_drivers_lock: { kind: 'mutex' },
    device_cdev: { kind: 'link', type: 'cdev', edge: 'embedded' },
  },
};

/** The one cdev for all device minors: an open file pins it, but not its device. */
export const deviceCdev: ObjectType = {
  type: 'cdev',
  role: 'cdev',
  per: 'global',
  name: 'device_cdev',
  about:
    'One character device for all device minors. Open files count on it; it holds no device in memory.',
  fields: {
    mapped: { kind: 'bool', init: 1 },
    kobj: { kind: 'refcount', hi: sumOf(1, countFiles(['cdev'])), init: 1 },
  },
};

/** struct vfio_group, with the RFC's opened counter and flag under opened_lock. */
export const vfioGroup: ObjectType = {
  type: 'vfio_group',
  role: 'group',
  per: 'group',
  name: 'group {group}',
  lifetime: { liveAtStart: GROUP_LIVE_AT_START },
  about:
    'The group of the legacy interface: its open counter, its container and the number of users.',
  fields: {
    kref: {
      kind: 'refcount',
      freesAtZero: true,
      hi: sumOf(countDevices({ same: 'group' }), countFiles(['group', 'cdev'], 'group')),
      init: REGISTERED_IN_GROUP,
    },
    opened_lock: { kind: 'mutex' },
    opened: openCounter(['group', 'cdev'], 'group'),
    opened_by_nongroup_dev: { kind: 'bool' },
    container: { kind: 'pointer', types: ['vfio_container'], edge: 'reference' },
    container_users: {
      kind: 'int',
      hi: sumOf(countCalls('set_container'), countFiles(['device'], 'group')),
    },
    container_next: {
      kind: 'pointer',
      memberOf: 'container->group_list',
      types: ['vfio_container'],
      edge: 'member',
    },
    /** Models the wait queue: the wait ends when the group has no container. */
    container_q: { kind: 'completion', counter: 'container_users' },
    device_lock: { kind: 'mutex' },
    dev_counter: {
      kind: 'int',
      hi: countDevices({ same: 'group' }),
      init: REGISTERED_IN_GROUP,
    },
    unbound_lock: { kind: 'mutex' },
    iommu_group: { kind: 'link', type: 'iommu_group', edge: 'reference' },
  },
};

/** struct vfio_device: registered by a counter, found by idr, opened once through its node. */
export const vfioDevice: ObjectType = {
  type: 'vfio_device',
  role: 'device',
  per: 'device',
  name: '{device}',
  lifetime: { liveAtStart: REGISTERED_AT_START },
  about:
    'The VFIO device. Its memory belongs to the driver, which frees it right after unregistering.',
  fields: {
    minor: {
      kind: 'number',
      memberOf: 'vfio.device_idr',
      hi: countDevices(),
      init: positionOf('device'),
    },
    /** /dev/vfio/devices/$NAME, made by device_create(). */
    node: setIfRegisteredAtStart('the class vfio-device'),
    registered: { kind: 'bool', init: REGISTERED_AT_START },
    refcount: {
      kind: 'refcount',
      hi: sumOf(1, countFiles(['cdev', 'device'], 'device')),
      init: REGISTERED_AT_START,
    },
    comp: { kind: 'completion', counter: 'refcount' },
    opened: openCounter(['cdev'], 'device'),
    group_next: setIfRegisteredAtStart('group->device_list'),
    vfio_next: setIfRegisteredAtStart('vfio.device_list'),
    group: { kind: 'link', type: 'vfio_group', edge: 'reference' },
    dev: { kind: 'link', type: 'device', edge: 'pointer' },
  },
};

/** struct vfio_pci_device, which embeds the vfio_device. */
export const vfioPciDevice: ObjectType = {
  type: 'vfio_pci_device',
  role: 'pci',
  per: 'device',
  name: '{device}.pci',
  lifetime: { liveAtStart: REGISTERED_AT_START },
  about:
    "The driver's structure: open count, whether reads, writes and mmaps are blocked, and the bind record.",
  fields: {
    refcnt: { kind: 'int', hi: countFiles(['cdev', 'device'], 'device') },
    block_access: { kind: 'bool', accessFlag: true },
    videv_lock: { kind: 'mutex' },
    videv: { kind: 'pointer', types: ['vfio_iommufd_device'], matchOn: 'device', edge: 'pointer' },
    /** Local variable of the bind, which holds videv_lock; NULL also models an error pointer. */
    idev: { kind: 'pointer', types: ['iommufd_device'], matchOn: 'device', edge: 'hidden' },
    vdev: { kind: 'link', type: 'vfio_device', edge: 'embedded' },
    reflck: { kind: 'link', type: 'vfio_pci_reflck', edge: 'reference' },
  },
};

/** struct vfio_pci_reflck: the lock that the devices of one bus or slot share around open and release. */
export const vfioPciReflck: ObjectType = {
  type: 'vfio_pci_reflck',
  role: 'reflck',
  per: 'devset',
  name: 'reflck {devset}',
  about: 'The lock around open and release of the devices that are reset together.',
  fields: { lock: { kind: 'mutex' } },
};

/** struct vfio_container: the legacy one, with its own type1 driver. */
export const vfioContainer: ObjectType = {
  type: 'vfio_container',
  role: 'container',
  per: 'file',
  fileKinds: ['container'],
  name: '{file} container',
  lifetime: {},
  about: 'A legacy container: a list of groups, and the type1 driver that maps for them.',
  fields: {
    kref: { kind: 'refcount', freesAtZero: true, hi: sumOf(1, countCalls('set_container')) },
    group_lock: { kind: 'mutex' },
    /** The length of the list. */
    group_list: { kind: 'int', hi: countCalls('set_container') },
    iommu_driver: { kind: 'bool' },
  },
};
