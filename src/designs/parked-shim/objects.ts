import type { ObjectType } from '../../kernel/language/design';
import {
  isGroupLiveAtStart,
  registeredDeviceCount,
  initialDeviceNumber,
  isRegisteredAtStart,
} from '../shared/parentDevice';

/** struct vfio_device of the parked designs: one lock and one record of the iommu context. */
export const vfioDevice: ObjectType = {
  type: 'vfio_device',
  role: 'device',
  per: 'device',
  name: (a) => a.device!,
  lifetime: { liveAtStart: (a, world) => isRegisteredAtStart(a, { world }) },
  about: 'The VFIO device: registered, pinned by open files, bound at most once.',
  fields: {
    kref: {
      kind: 'refcount',
      freesAtZero: true,
      hi: 2,
      init: (a, c) => (isRegisteredAtStart(a, c) ? 2 : 0),
    },
    minor: {
      kind: 'number',
      memberOf: 'vfio.device_ida',
      hi: (_a, c) => c.world.devices.length,
      init: initialDeviceNumber,
    },
    registered: { kind: 'bool', init: (a, c) => (isRegisteredAtStart(a, c) ? 1 : 0) },
    refcount: {
      kind: 'refcount',
      hi: (_a, c) => 1 + c.files(['cdev', 'device'], 'device'),
      init: (a, c) => (isRegisteredAtStart(a, c) ? 1 : 0),
    },
    comp: { kind: 'completion', counter: 'refcount' },
    lock: { kind: 'mutex' },
    iommu_dev: { kind: 'pointer', types: ['iommufd_device'], matchOn: 'device', edge: 'reference' },
    iommufd_attached: { kind: 'bool' },
    open_count: { kind: 'int', hi: (_a, c) => c.files(['cdev', 'device'], 'device') },
    group_next: {
      kind: 'bool',
      memberOf: 'group->device_list',
      init: (a, c) => (isRegisteredAtStart(a, c) ? 1 : 0),
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
  name: (a) => `${a.device}.cdev`,
  about:
    'The character device of one VFIO device. Open files count on its kobject, which holds the device in memory.',
  fields: {
    mapped: {
      kind: 'bool',
      memberOf: 'cdev_map',
      init: (a, c) => (isRegisteredAtStart(a, c) ? 1 : 0),
    },
    kobj: {
      kind: 'refcount',
      hi: (_a, c) => 1 + c.files(['cdev'], 'device'),
      init: (a, c) => (isRegisteredAtStart(a, c) ? 1 : 0),
    },
    parent: { kind: 'link', type: 'vfio_device', edge: 'reference' },
  },
};

/** struct vfio_group with a container that is an iommufd context; `group_lock` protects what the group fd sets. */
export const vfioGroup: ObjectType = {
  type: 'vfio_group',
  role: 'group',
  per: 'group',
  name: (a) => `group ${a.group}`,
  lifetime: { liveAtStart: isGroupLiveAtStart },
  about:
    'The group of the legacy interface: one opener, and the container that its device fds will bind with.',
  fields: {
    kref: {
      kind: 'refcount',
      freesAtZero: true,
      hi: (a, c) =>
        c.world.devices.filter((d) => d.group === a.group).length + c.files(['group'], 'group'),
      init: registeredDeviceCount,
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
  name: () => 'vfio',
  about: 'The list of all groups, and its lock.',
  fields: { group_lock: { kind: 'mutex' } },
};
