import type { ObjectType } from '../../kernel/language/design';
import {
  countDevices,
  countFiles,
  sumOf,
  timesOf,
  positionOf,
} from '../../kernel/language/staticNumber';
import {
  REGISTERED_AT_START,
  REGISTERED_IN_GROUP,
  GROUP_LIVE_AT_START,
} from '../shared/parentDevice';

/** struct vfio_device of the parked designs: one lock and one record of the iommu context. */
export const vfioDevice: ObjectType = {
  type: 'vfio_device',
  role: 'device',
  per: 'device',
  name: '{device}',
  lifetime: { liveAtStart: REGISTERED_AT_START },
  about: 'The VFIO device: registered, pinned by open files, bound at most once.',
  fields: {
    kref: {
      kind: 'refcount',
      freesAtZero: true,
      hi: 2,
      init: timesOf(2, REGISTERED_AT_START),
    },
    minor: {
      kind: 'number',
      memberOf: 'vfio.device_ida',
      hi: countDevices(),
      init: positionOf('device'),
    },
    registered: { kind: 'bool', init: REGISTERED_AT_START },
    refcount: {
      kind: 'refcount',
      hi: sumOf(1, countFiles(['cdev', 'device'], 'device')),
      init: REGISTERED_AT_START,
    },
    comp: { kind: 'completion', counter: 'refcount' },
    lock: { kind: 'mutex' },
    iommu_dev: { kind: 'pointer', types: ['iommufd_device'], matchOn: 'device', edge: 'reference' },
    iommufd_attached: { kind: 'bool' },
    open_count: { kind: 'int', hi: countFiles(['cdev', 'device'], 'device') },
    group_next: {
      kind: 'bool',
      memberOf: 'group->device_list',
      init: REGISTERED_AT_START,
    },
    cdev: { kind: 'link', type: 'cdev', edge: 'embedded' },
    group: { kind: 'link', type: 'vfio_group', edge: 'reference' },
    dev: { kind: 'link', type: 'device', edge: 'pointer' },
  },
};

/** struct cdev, embedded in the vfio_device; its kobject holds the device's kref. */
export const cdev: ObjectType = {
  type: 'cdev',
  role: 'cdev',
  per: 'device',
  name: '{device}.cdev',
  about:
    'The character device of one VFIO device. Open files count on its kobject, which holds the device in memory.',
  fields: {
    mapped: {
      kind: 'bool',
      memberOf: 'cdev_map',
      init: REGISTERED_AT_START,
    },
    /** Whether devtmpfs has the node. */
    node: {
      kind: 'bool',
      modelOnly: true,
      memberOf: 'devtmpfs',
      init: REGISTERED_AT_START,
    },
    kobj: {
      kind: 'refcount',
      hi: sumOf(1, countFiles(['cdev'], 'device')),
      init: REGISTERED_AT_START,
    },
    parent: { kind: 'link', type: 'vfio_device', edge: 'reference' },
  },
};

/** struct vfio_group with a container that is an iommufd context; `group_lock` protects what the group fd sets. */
export const vfioGroup: ObjectType = {
  type: 'vfio_group',
  role: 'group',
  per: 'group',
  name: 'group {group}',
  lifetime: { liveAtStart: GROUP_LIVE_AT_START },
  about:
    'The group of the legacy interface: one opener, and the container that its device fds will bind with.',
  fields: {
    kref: {
      kind: 'refcount',
      freesAtZero: true,
      hi: sumOf(countDevices({ same: 'group' }), countFiles(['group'], 'group')),
      init: REGISTERED_IN_GROUP,
    },
    group_lock: { kind: 'mutex' },
    device_lock: { kind: 'mutex' },
    opened: { kind: 'bool' },
    container: { kind: 'pointer', types: ['iommufd_ctx'], edge: 'reference' },
    iommu_group: { kind: 'link', type: 'iommu_group', edge: 'reference' },
  },
};

/** The global `vfio`: the lock over the list of groups. */
export const vfioGlobal: ObjectType = {
  type: 'vfio',
  role: 'vfio',
  per: 'global',
  name: 'vfio',
  about: 'The list of all groups, and its lock.',
  fields: { group_lock: { kind: 'mutex' } },
};
