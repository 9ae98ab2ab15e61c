import type { FieldSpec, ObjectType } from '../../kernel/language/design';
import type { InstanceKey, InstanceCounts } from '../../kernel/language/instanceKey';
import {
  isGroupLiveAtStart,
  registeredDeviceCount,
  initialGroupNumber,
  initialDeviceNumber,
  isRegisteredAtStart,
} from '../shared/parentDevice';

const registeredAtStart = (a: InstanceKey, c: Pick<InstanceCounts, 'world'>): number =>
  isRegisteredAtStart(a, c) ? 1 : 0;
const liveAtStart = (a: InstanceKey, c: Pick<InstanceCounts, 'world'>): number =>
  isGroupLiveAtStart(a, c.world) ? 1 : 0;

/** A pointer to a struct kvm, only where the model has KVM. */
const kvmPointer = (kvm: boolean, edge: 'pointer' | 'reference'): Record<string, FieldSpec> =>
  kvm ? { kvm: { kind: 'pointer', types: ['kvm'], edge } } : {};

/** struct vfio_device of v6.6: no lock of its own, its reset set's lock guards open_count and what bind sets. */
export function vfioDevice(kvm: boolean): ObjectType {
  return {
    type: 'vfio_device',
    role: 'device',
    per: 'device',
    name: (a) => a.device!,
    lifetime: { liveAtStart: (a, world) => isRegisteredAtStart(a, { world }) },
    about:
      'The VFIO device: registered, pinned by open files, and bound at most once through its cdev.',
    fields: {
      kref: { kind: 'refcount', hi: 2, init: (a, c) => 2 * registeredAtStart(a, c) },
      index: { kind: 'number', hi: (_a, c) => c.world.devices.length, init: initialDeviceNumber },
      registered: { kind: 'bool', init: registeredAtStart },
      refcount: {
        kind: 'refcount',
        hi: (_a, c) => 1 + c.files(['cdev', 'device'], 'device'),
        init: registeredAtStart,
      },
      comp: { kind: 'completion', counter: 'refcount' },
      open_count: { kind: 'int', hi: (_a, c) => c.files(['cdev', 'device'], 'device') },
      iommufd_device: {
        kind: 'pointer',
        types: ['iommufd_device'],
        matchOn: 'device',
        edge: 'reference',
      },
      iommufd_attached: { kind: 'bool' },
      cdev_opened: { kind: 'bool' },
      ...kvmPointer(kvm, 'reference'),
      group_next: { kind: 'bool', init: registeredAtStart },
      dev_set_list: { kind: 'bool', init: registeredAtStart },
      cdev: { kind: 'link', type: 'cdev', edge: 'embedded' },
      group: { kind: 'link', type: 'vfio_group', edge: 'reference' },
      dev_set: { kind: 'link', type: 'vfio_device_set', edge: 'member' },
      dev: { kind: 'link', type: 'device', edge: 'pointer' },
    },
  };
}

/** struct vfio_device_set: what is reset together; one lock for all its devices. */
export const vfioDeviceSet: ObjectType = {
  type: 'vfio_device_set',
  role: 'dev_set',
  per: 'devset',
  name: (a) => `devset ${a.devset}`,
  lifetime: {
    liveAtStart: (a, world) =>
      world.devices.some((d) => (d.devset ?? d.name) === a.devset && d.registered !== false),
  },
  about:
    'The devices that can only be reset together. Its lock is taken around every first open and last close of each of them.',
  fields: {
    lock: { kind: 'mutex' },
    device_count: {
      kind: 'int',
      hi: (a, c) => c.world.devices.filter((d) => (d.devset ?? d.name) === a.devset).length,
      init: (a, c) =>
        c.world.devices.filter((d) => (d.devset ?? d.name) === a.devset && d.registered !== false)
          .length,
    },
  },
};

const ABOUT_FILE =
  'What an open device file stands for: it carries the access gate of that one file.';

/** struct vfio_device_file of an open cdev; `df.group` is NULL there. It holds its iommufd with a reference. */
export function cdevFile(kvm: boolean): ObjectType {
  return {
    type: 'vfio_device_file',
    role: 'df',
    per: 'file',
    fileKinds: ['cdev'],
    name: (a) => `${a.file} df`,
    lifetime: {},
    about: ABOUT_FILE,
    fields: {
      access_granted: { kind: 'bool', accessFlag: true },
      iommufd: { kind: 'pointer', types: ['iommufd_ctx'], edge: 'reference' },
      ...kvmPointer(kvm, 'pointer'),
      // No field of the kernel: the KVM that the bind put into the device, which property kvm-ref compares with.
      ...(kvm
        ? {
            bound_kvm: {
              kind: 'pointer',
              modelOnly: true,
              types: ['kvm'],
              edge: 'hidden',
            } satisfies FieldSpec,
          }
        : {}),
      device: { kind: 'link', type: 'vfio_device', edge: 'reference' },
    },
  };
}

/** struct vfio_device_file of a group's device fd: its iommufd is the group's, without a reference of its own. */
export function groupDeviceFile(kvm: boolean): ObjectType {
  const cdev = cdevFile(kvm);
  return {
    ...cdev,
    fileKinds: ['device'],
    fields: {
      access_granted: { kind: 'bool', accessFlag: true },
      iommufd: { kind: 'pointer', types: ['iommufd_ctx'], edge: 'pointer' },
      // No field of the kernel: the iommufd or container that the group had when it made this fd, which the ownership properties compare.
      owner: {
        kind: 'pointer',
        modelOnly: true,
        types: ['iommufd_ctx', 'vfio_container'],
        edge: 'hidden',
      },
      ...kvmPointer(kvm, 'pointer'),
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
    name: (a) => `group ${a.group}`,
    lifetime: { liveAtStart: isGroupLiveAtStart },
    about:
      'The group of the legacy interface. Its lock is where the two paths meet: opened_file is the group path, cdev_device_open_cnt the cdev path.',
    fields: {
      kref: { kind: 'refcount', hi: 2, init: (a, c) => 2 * liveAtStart(a, c) },
      minor: {
        kind: 'number',
        hi: (_a, c) => new Set(c.world.devices.map((d) => d.group)).size,
        init: initialGroupNumber,
      },
      mapped: { kind: 'bool', init: liveAtStart },
      kobj: { kind: 'refcount', hi: (_a, c) => 1 + c.files(['group'], 'group'), init: liveAtStart },
      drivers: {
        kind: 'refcount',
        hi: (a, c) => c.world.devices.filter((d) => d.group === a.group).length,
        init: registeredDeviceCount,
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
      cdev_device_open_cnt: { kind: 'int', hi: (_a, c) => c.calls('bind_iommufd') },
      container: { kind: 'pointer', types: ['vfio_container'], edge: 'reference' },
      container_users: { kind: 'int', hi: (_a, c) => 1 + c.files(['device'], 'group') },
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

/** The globals of vfio_main.c, group.c and container.c. */
export const vfioGlobal: ObjectType = {
  type: 'vfio',
  role: 'vfio',
  per: 'global',
  name: () => 'vfio',
  about: 'The list of all groups and the list of iommu drivers, each with its lock.',
  fields: { group_lock: { kind: 'mutex' }, iommu_drivers_lock: { kind: 'mutex' } },
};

/** struct kvm: a virtual machine. It exists for as long as the scenario runs. */
export const kvmType: ObjectType = {
  type: 'kvm',
  role: 'kvm',
  per: 'kvm',
  name: (a) => a.kvm!,
  about: 'A virtual machine, which a device refers to from its first open to its last close.',
  fields: {
    users_count: {
      kind: 'refcount',
      hi: (_a, c) => 1 + c.calls('bind_iommufd') + c.calls('get_device_fd'),
      init: 1,
    },
  },
};
