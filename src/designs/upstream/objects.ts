import type { FieldSpec, ObjectType } from '../../kernel/language/design';
import { iommufdObjects } from '../parked-shim/iommufd';
import { cdev } from '../parked-shim/objects';
import { vfioContainer } from '../parked-split/objects';
import type { ShorttermUse } from '../shared/iommufd/shortterm';
import { iommuGroupType } from '../shared/iommuGroup';
import {
  anyOfCount,
  countDevices,
  countGroups,
  countFiles,
  countCalls,
  sumOf,
  positionOf,
  timesOf,
} from '../../kernel/language/staticNumber';
import {
  REGISTERED_AT_START,
  REGISTERED_IN_GROUP,
  GROUP_LIVE_AT_START,
} from '../shared/parentDevice';
import { kvmPointer } from './kvm';

/** Not in the kernel: the device's KVM when this file got access, for property kvm-ref. */
const recordedKvm = (kvm: boolean): Record<string, FieldSpec> =>
  kvm ? { bound_kvm: { kind: 'pointer', modelOnly: true, types: ['kvm'], edge: 'hidden' } } : {};

/** 1 if the device has a cdev before the first call: VFIO makes none for a device without an IOMMU (vfio_device_add). */
const CDEV_AT_START = countDevices({ same: 'device', registered: true, noiommu: false });

const { mapped, node, kobj, ...cdevLinks } = cdev.fields;

/** struct cdev of a VFIO device. */
export const deviceCdev: ObjectType = {
  ...cdev,
  fields: {
    mapped: { ...mapped, init: CDEV_AT_START },
    node: { ...node, init: CDEV_AT_START },
    kobj: { ...kobj, init: CDEV_AT_START },
    ...cdevLinks,
  } as ObjectType['fields'],
};

/** struct iommu_group, and whether VFIO made it for a device without an IOMMU. */
export function iommuGroup(blockedByReset: boolean): ObjectType {
  const type = iommuGroupType(['iommufd_ctx', 'vfio_group'], blockedByReset);
  return {
    ...type,
    fields: {
      ...type.fields,
      // The kernel has it as vfio_group.type. A node without such a device need not show it.
      noiommu: {
        kind: 'bool',
        modelOnly: true,
        init: anyOfCount(countDevices({ same: 'group', noiommu: true })),
      },
    },
  };
}

/** struct vfio_device of v6.6: dev_set.lock protects open_count and the fields that bind sets. */
export function vfioDevice(kvm: boolean): ObjectType {
  return {
    type: 'vfio_device',
    role: 'device',
    per: 'device',
    name: '{device}',
    lifetime: { liveAtStart: REGISTERED_AT_START },
    about:
      'The VFIO device: registered, pinned by open files, and bound at most once through its cdev.',
    fields: {
      kref: {
        kind: 'refcount',
        freesAtZero: true,
        hi: 2,
        init: sumOf(REGISTERED_AT_START, CDEV_AT_START),
      },
      index: {
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
      open_count: { kind: 'int', hi: countFiles(['cdev', 'device'], 'device') },
      iommufd_device: {
        kind: 'pointer',
        types: ['iommufd_device'],
        matchOn: 'device',
        edge: 'reference',
      },
      iommufd_attached: { kind: 'bool' },
      cdev_opened: { kind: 'bool' },
      // Not in the kernel: what open_device of the driver sets up and close_device takes down.
      driver_open: { kind: 'bool', modelOnly: true },
      /** Of vfio_pci_core_device, a rw_semaphore: its writer, which is a reset. */
      memory_lock: { kind: 'mutex' },
      ...kvmPointer(kvm, 'reference'),
      group_next: { kind: 'bool', memberOf: 'group->device_list', init: REGISTERED_AT_START },
      dev_set_list: { kind: 'bool', memberOf: 'dev_set->device_list', init: REGISTERED_AT_START },
      cdev: { kind: 'link', type: 'cdev', edge: 'embedded' },
      group: { kind: 'link', type: 'vfio_group', edge: 'reference' },
      dev_set: { kind: 'link', type: 'vfio_device_set', edge: 'member' },
      dev: { kind: 'link', type: 'device', edge: 'pointer' },
    },
  };
}

/** struct vfio_device_set: devices that are reset together; one lock for all. */
export const vfioDeviceSet: ObjectType = {
  type: 'vfio_device_set',
  role: 'dev_set',
  per: 'devset',
  name: 'devset {devset}',
  lifetime: {
    liveAtStart: countDevices({ same: 'devset', registered: true }),
  },
  about:
    'The devices that can only be reset together. Its lock is taken around every first open and last close of each of them.',
  fields: {
    lock: { kind: 'mutex' },
    device_count: {
      kind: 'int',
      hi: countDevices({ same: 'devset' }),
      init: countDevices({ same: 'devset', registered: true }),
    },
  },
};

const ABOUT_FILE = 'The private data of an open device file, with the access flag of this file.';

/** struct vfio_device_file of an open cdev; `df.group` is NULL. It holds a reference on its iommufd. */
export function cdevFile(kvm: boolean): ObjectType {
  return {
    type: 'vfio_device_file',
    role: 'df',
    per: 'file',
    fileKinds: ['cdev'],
    name: '{file} df',
    lifetime: {},
    about: ABOUT_FILE,
    fields: {
      access_granted: { kind: 'bool', accessFlag: true },
      iommufd: { kind: 'pointer', types: ['iommufd_ctx'], edge: 'reference' },
      ...kvmPointer(kvm, 'pointer'),
      ...recordedKvm(kvm),
      device: { kind: 'link', type: 'vfio_device', edge: 'reference' },
    },
  };
}

/** struct vfio_device_file of the group path: uses the group's iommufd without a reference. */
export function groupDeviceFile(kvm: boolean): ObjectType {
  const cdev = cdevFile(kvm);
  return {
    ...cdev,
    fileKinds: ['device'],
    fields: {
      access_granted: { kind: 'bool', accessFlag: true },
      iommufd: { kind: 'pointer', types: ['iommufd_ctx'], edge: 'pointer' },
      // Not in the kernel: the iommufd or container of the group when this fd was created, for the ownership properties.
      owner: {
        kind: 'pointer',
        modelOnly: true,
        types: ['iommufd_ctx', 'vfio_container'],
        edge: 'hidden',
      },
      ...kvmPointer(kvm, 'pointer'),
      ...recordedKvm(kvm),
      device: { kind: 'link', type: 'vfio_device', edge: 'reference' },
      group: { kind: 'link', type: 'vfio_group', edge: 'pointer' },
    },
  };
}

/** struct vfio_group of v6.6, with its embedded device (`kref`) and cdev (`mapped`, `kobj`). */
export function vfioGroup(kvm: boolean): ObjectType {
  return {
    type: 'vfio_group',
    role: 'group',
    per: 'group',
    name: 'group {group}',
    lifetime: { liveAtStart: GROUP_LIVE_AT_START },
    successor: true,
    about:
      'The group of the legacy interface. Its lock protects the state of both paths: opened_file for the group path, cdev_device_open_cnt for the cdev path.',
    fields: {
      kref: { kind: 'refcount', freesAtZero: true, hi: 2, init: timesOf(2, GROUP_LIVE_AT_START) },
      minor: {
        kind: 'number',
        memberOf: 'vfio.group_ida',
        hi: countGroups,
        init: positionOf('group'),
      },
      mapped: { kind: 'bool', memberOf: 'cdev_map', init: GROUP_LIVE_AT_START },
      kobj: {
        kind: 'refcount',
        hi: sumOf(1, countFiles(['group'], 'group')),
        init: GROUP_LIVE_AT_START,
      },
      drivers: {
        kind: 'refcount',
        hi: countDevices({ same: 'group' }),
        init: REGISTERED_IN_GROUP,
      },
      group_lock: { kind: 'mutex' },
      device_lock: { kind: 'mutex' },
      opened_file: {
        kind: 'pointer',
        types: ['file'],
        matchOn: 'group',
        fileKinds: ['group'],
        edge: 'pointer',
      },
      cdev_device_open_cnt: { kind: 'int', hi: countCalls('bind_iommufd') },
      container: { kind: 'pointer', types: ['vfio_container'], edge: 'reference' },
      container_users: { kind: 'int', hi: sumOf(1, countFiles(['device'], 'group')) },
      iommufd: { kind: 'pointer', types: ['iommufd_ctx'], edge: 'reference' },
      ...kvmPointer(kvm, 'pointer'),
      iommu_group: {
        kind: 'pointer',
        types: ['iommu_group'],
        matchOn: 'group',
        init: 'iommu_group',
        edge: 'reference',
      },
    },
  };
}

/** struct vfio_container, and whether its groups have an IOMMU. */
export const container: ObjectType = {
  ...vfioContainer,
  fields: { ...vfioContainer.fields, noiommu: { kind: 'bool', modelOnly: true } },
};

/** The objects of an iommufd, and whether it is used for devices without an IOMMU. */
export const contextObjects = (shortterm: ShorttermUse): readonly ObjectType[] =>
  iommufdObjects(['iommufd'], shortterm, true).map((type) =>
    type.type === 'iommufd_ctx'
      ? { ...type, fields: { ...type.fields, no_iommu_mode: { kind: 'bool', modelOnly: true } } }
      : type,
  );

/** The globals of vfio_main.c, group.c and container.c. */
export const vfioGlobal: ObjectType = {
  type: 'vfio',
  role: 'vfio',
  per: 'global',
  name: 'vfio',
  about: 'The list of all groups and the list of iommu drivers, each with its lock.',
  fields: { group_lock: { kind: 'mutex' }, iommu_drivers_lock: { kind: 'mutex' } },
};
