import type { ShorttermUse } from '../shared/iommufd/shortterm';
import type { Linux } from './linux';
import type { CounterSpec, PropertyInputs, HolderSpec } from '../../kernel/language/propertyInputs';
import { DRIVER } from '../shared/parentDevice';
import { allOf, anyOf, eq, live, lt, ne, NULL, addressOf } from '../../kernel/language/primitives';
import type { Condition } from '../../kernel/language/primitives';
import { hasIommu } from './noiommu';
import { deviceCounters } from '../parked-shim/propertyInputs';

const accessGranted = eq('df.access_granted', 1);

/** The device is open in container mode: it has no iommufd_device. */
const openThroughContainer: Condition = allOf(
  live('device'),
  lt(0, 'device.open_count'),
  eq('device.iommufd_device', NULL),
  ne('group.container', NULL),
);

const counterSpec = (counter: string, ...holders: HolderSpec[]): CounterSpec => ({
  counter,
  holders,
});

/** Counters of the VFIO device, its cdev and its reset set. */
const vfioDeviceCounters: readonly CounterSpec[] = [
  ...deviceCounters.filter((l) => l.counter !== 'vfio_device.open_count'),
  counterSpec('vfio_device.open_count', {
    type: 'vfio_device_file',
    when: allOf(live('df'), accessGranted),
    countsOn: 'device',
    label: 'a device file with access',
  }),
  counterSpec('vfio_device.driver_open', {
    type: 'vfio_device',
    when: allOf(live('device'), lt(0, 'device.open_count')),
    countsOn: 'device',
    label: 'the open device',
  }),
  counterSpec('vfio_device_set.device_count', {
    type: 'vfio_device',
    when: allOf(live('device'), eq('device.dev_set_list', 1)),
    countsOn: 'dev_set',
    label: 'a device of the reset set',
  }),
];

/** Counters of the group and its container. */
const groupCounters: readonly CounterSpec[] = [
  counterSpec(
    'vfio_group.kref',
    {
      type: 'vfio_group',
      when: allOf(live('group'), ne('group.drivers', 0)),
      countsOn: 'group',
      label: 'the devices of the group',
    },
    {
      type: 'vfio_group',
      when: allOf(live('group'), ne('group.kobj', 0)),
      countsOn: 'group',
      label: 'the cdev of the group, held by an open group file',
    },
  ),
  counterSpec(
    'vfio_group.kobj',
    {
      type: 'vfio_group',
      when: allOf(live('group'), eq('group.mapped', 1)),
      countsOn: 'group',
      label: 'the cdev map',
    },
    {
      type: 'file',
      fileKinds: ['group'],
      when: live('file'),
      countsOn: 'group',
      label: 'an open group file',
    },
  ),
  counterSpec('vfio_group.drivers', {
    type: 'device',
    when: eq('parent.driver', DRIVER.vfio),
    countsOn: 'group',
    label: 'a device of the group',
  }),
  counterSpec('vfio_group.cdev_device_open_cnt', {
    type: 'vfio_device_file',
    fileKinds: ['cdev'],
    when: allOf(live('df'), accessGranted),
    countsOn: 'group',
    label: 'a bound cdev fd',
  }),
  counterSpec(
    'vfio_group.container_users',
    {
      type: 'vfio_group',
      when: allOf(live('group'), ne('group.container', NULL)),
      countsOn: 'group',
      label: 'the group, which is in the container',
    },
    {
      type: 'vfio_device',
      when: openThroughContainer,
      countsOn: 'group',
      label: 'an open device of the group',
    },
  ),
  counterSpec(
    'vfio_container.kref',
    {
      type: 'file',
      fileKinds: ['container'],
      when: live('file'),
      countsOn: 'container',
      label: 'the open container file',
    },
    {
      type: 'vfio_group',
      when: allOf(live('group'), ne('group.container', NULL)),
      countsOn: 'group.container',
      label: 'a group in the container',
    },
  ),
  counterSpec('vfio_container.groups', {
    type: 'vfio_group',
    when: allOf(live('group'), ne('group.container', NULL)),
    countsOn: 'group.container',
    label: 'a group in the container',
  }),
];

/** Counters of the IOMMU group and of the objects of an iommufd. */
const iommuCounters: readonly CounterSpec[] = [
  counterSpec(
    'iommu_group.owner_cnt',
    {
      type: 'iommufd_device',
      when: allOf(live('idev'), ne('idev.ictx', NULL)),
      countsOn: 'iommu_group',
      label: 'a device bound to an iommufd',
    },
    {
      type: 'vfio_group',
      when: allOf(live('group'), ne('group.container', NULL), hasIommu),
      countsOn: 'iommu_group',
      label: 'the group, for its container',
    },
    {
      type: 'device',
      when: eq('parent.driver', DRIVER.kernel),
      countsOn: 'iommu_group',
      label: 'the kernel driver of a device',
    },
  ),
  counterSpec(
    'iommufd_device.users',
    {
      type: 'iommufd_device',
      when: live('idev'),
      countsOn: 'idev',
      label: 'its entry in the iommufd',
    },
    {
      type: 'vfio_device',
      when: allOf(live('device'), ne('device.iommufd_device', NULL)),
      countsOn: 'device.iommufd_device',
      label: 'VFIO, which bound the device',
    },
    {
      type: 'vfio_device',
      when: allOf(live('device'), eq('device.iommufd_attached', 1)),
      countsOn: 'device.iommufd_device',
      label: 'the attachment',
    },
  ),
  counterSpec('iommufd_group.ref', {
    type: 'iommufd_device',
    when: live('idev'),
    countsOn: 'idev.igroup',
    label: 'a bound device of the group',
  }),
  counterSpec('iommufd_group.device_list', {
    type: 'iommufd_device',
    when: allOf(live('idev'), eq('idev.group_item', 1)),
    countsOn: 'idev.igroup',
    label: 'an attached device of the group',
  }),
  counterSpec(
    'iommufd_ioas.users',
    {
      type: 'iommufd_ioas',
      when: allOf(live('ioas'), eq('ioas.published', 1)),
      countsOn: 'ioas',
      label: 'its entry in the iommufd',
    },
    {
      type: 'iommufd_hwpt_paging',
      when: live('hwpt'),
      countsOn: 'ioas',
      label: 'a page table of the ioas',
    },
  ),
  counterSpec(
    'iommufd_hwpt_paging.users',
    {
      type: 'iommufd_hwpt_paging',
      when: live('hwpt'),
      countsOn: 'hwpt',
      label: 'its entry in the iommufd',
    },
    {
      type: 'iommufd_device',
      when: allOf(live('idev'), eq('idev.group_item', 1)),
      countsOn: 'idev.igroup.hwpt',
      label: 'an attached device',
    },
  ),
];

/** Short-term uses of the objects of an iommufd; between two calls only the table of ids has one. */
function shorttermCounters({ field }: ShorttermUse): readonly CounterSpec[] {
  if (field === 'destroy_rwsem')
    return ['iommufd_device', 'iommufd_ioas', 'iommufd_hwpt_paging'].map((type) => ({
      counter: `${type}.readers`,
      holders: [],
    }));
  const inTable = (type: string, role: string): CounterSpec =>
    counterSpec(`${type}.${field}`, {
      type,
      when: allOf(live(role), eq(`${role}.published`, 1)),
      countsOn: role,
      label: 'its entry in the iommufd',
    });
  return [
    inTable('iommufd_device', 'idev'),
    inTable('iommufd_ioas', 'ioas'),
    inTable('iommufd_hwpt_paging', 'hwpt'),
  ];
}

/** Holders of a struct file: fd tables, and kernel objects with a reference on an iommufd or a group file. */
const fileCounter: CounterSpec = counterSpec(
  'file.f_count',
  { type: 'fd', when: eq('fd.installed', 1), countsOn: 'fd.file', label: 'an fd' },
  {
    type: 'vfio_device_file',
    fileKinds: ['cdev'],
    when: allOf(live('df'), ne('df.iommufd', NULL)),
    countsOn: 'df.iommufd.file',
    label: 'a bound cdev file',
  },
  {
    type: 'iommufd_device',
    when: allOf(live('idev'), ne('idev.ictx', NULL)),
    countsOn: 'idev.ictx.file',
    label: 'a device bound to the iommufd',
  },
  {
    type: 'vfio_group',
    when: allOf(live('group'), ne('group.iommufd', NULL), ne('group.opened_file', NULL)),
    countsOn: 'group.iommufd.file',
    label: 'an open group that was given the iommufd',
  },
  {
    type: 'vfio_device',
    when: openThroughContainer,
    countsOn: 'group.opened_file',
    label: 'an open device of the group, in container mode',
  },
  {
    type: 'kvm_vfio_file',
    when: live('kvf'),
    countsOn: 'kvf.file',
    label: 'a VM that was given the file',
  },
  { type: 'vm_area_struct', when: live('vma'), countsOn: 'vma.vm_file', label: 'a mapping' },
);

const kvmCounter: CounterSpec = counterSpec(
  'kvm.users_count',
  { type: 'kvm_vfio', when: live('kv'), countsOn: 'kv.kvm', label: 'the fds of the VM' },
  {
    type: 'vfio_device',
    when: allOf(live('device'), ne('device.kvm', NULL)),
    countsOn: 'device.kvm',
    label: 'a device that refers to it',
  },
);

/** Container mode: the group has claimed the DMA for its container. */
const groupOwnsDma: Condition = allOf(
  eq('df.iommufd', NULL),
  ne('group.container', NULL),
  eq('iommu_group.owner', addressOf('group')),
);

/** A claim blocks the DMA of the group; a page table or type1 driver attaches it (`DOMAIN`). */
const groupDomain: CounterSpec = counterSpec(
  'iommu_group.domain',
  {
    type: 'iommu_group',
    when: ne('iommu_group.owner', NULL),
    countsOn: 'iommu_group',
    label: 'the DMA owner',
  },
  {
    type: 'iommufd_group',
    // Not `hwpt`: a detach must clear it together with the domain.
    when: allOf(live('igroup'), lt(0, 'igroup.device_list')),
    countsOn: 'igroup.group',
    label: 'the page table of the attached devices',
  },
  {
    type: 'vfio_group',
    when: allOf(
      live('group'),
      ne('group.container', NULL),
      eq('group.container.iommu_driver', 1),
      hasIommu,
    ),
    countsOn: 'iommu_group',
    label: 'the type1 driver of the container',
  },
);

/** Message-Id 20240628151845.22166-1-yan.y.zhao@intel.com; docs/kernel-facts.md, Findings. */
const KVM_REPORT = 'reported 2024-06-28 with a trace';

/** What the properties ask of v6.6. */
export function upstreamPropertyInputs(linux: Linux, kvm: boolean): PropertyInputs {
  return {
    normalAccess: { cdev: accessGranted, device: accessGranted },
    bound: {
      cdev: allOf(
        live('idev'),
        eq('device.iommufd_device', addressOf('idev')),
        lt(0, 'device.open_count'),
      ),
      device: allOf(
        lt(0, 'device.open_count'),
        anyOf(
          ne('device.iommufd_device', NULL),
          ne('group.container', NULL),
          eq('iommu_group.noiommu', 1),
        ),
      ),
    },
    ownerContext: { cdev: 'df.iommufd', device: 'df.owner' },
    ownsDma: {
      cdev: allOf(ne('df.iommufd', NULL), eq('iommu_group.owner', 'df.iommufd')),
      device: anyOf(
        // Without an IOMMU nothing owns the DMA: the user may do any.
        eq('iommu_group.noiommu', 1),
        allOf(ne('df.iommufd', NULL), eq('iommu_group.owner', 'df.iommufd')),
        groupOwnsDma,
      ),
    },
    groupDomain,
    pathExclusive: 'bound',
    // vfio_unregister_group_dev, v6.6: the wait for device.comp; what follows takes locks only.
    unregisterDelays: [{ fileKinds: ['cdev', 'device'], of: 'device' }],
    caveat: 'found by reading v6.6 to v6.18, not run',
    caveatFor: {
      'kvm-ref': KVM_REPORT,
      'vfio_device.kvm': KVM_REPORT,
      'kvm.users_count': KVM_REPORT,
      'vfio_device.iommufd_attached': 'found by reading v6.6 to 2026, not run',
      ...linux.knownBugs,
    },
    ...(kvm
      ? {
          kvm: {
            device: 'device.kvm',
            file: { cdev: 'df.bound_kvm', device: 'df.bound_kvm' },
          },
        }
      : {}),
    counters: [
      ...vfioDeviceCounters,
      ...groupCounters,
      ...iommuCounters,
      ...shorttermCounters(linux.shortterm),
      fileCounter,
      ...(kvm ? [kvmCounter] : []),
    ],
  };
}
