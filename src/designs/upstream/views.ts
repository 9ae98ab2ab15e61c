import type { CounterLaw, DesignViews, Holder } from '../../kernel/design';
import { allOf, anyOf, eq, live, lt, ne, NULL, ref } from '../../kernel/primitives';
import type { Condition, Path } from '../../kernel/primitives';
import { deviceCounters } from '../parked-shim/views';

const granted = eq('df.access_granted', 1);

/** The device of a group is open in container mode: without an iommufd_device. */
const inContainer: Condition = allOf(
  live('device'),
  lt(0, 'device.open_count'),
  eq('device.iommufd_device', NULL),
  ne('group.container', NULL),
);

type LawHolder = Holder & { readonly to: Path };
const law = (counter: string, ...holders: LawHolder[]): CounterLaw => ({ counter, holders });

/** Laws of the VFIO device, its cdev and its reset set. */
const deviceLaws: readonly CounterLaw[] = [
  ...deviceCounters.filter((l) => l.counter !== 'vfio_device.open_count'),
  law('vfio_device.open_count', {
    type: 'vfio_device_file',
    when: allOf(live('df'), granted),
    to: 'device',
    why: 'a device file with access',
  }),
  law('vfio_device_set.device_count', {
    type: 'vfio_device',
    when: allOf(live('device'), eq('device.dev_set_list', 1)),
    to: 'dev_set',
    why: 'a device of the reset set',
  }),
];

/** Laws of the group and its container. */
const groupLaws: readonly CounterLaw[] = [
  law(
    'vfio_group.kref',
    {
      type: 'vfio_group',
      when: allOf(live('group'), ne('group.drivers', 0)),
      to: 'group',
      why: 'the devices of the group',
    },
    {
      type: 'vfio_group',
      when: allOf(live('group'), ne('group.kobj', 0)),
      to: 'group',
      why: 'the cdev of the group, held by an open group file',
    },
  ),
  law(
    'vfio_group.kobj',
    {
      type: 'vfio_group',
      when: allOf(live('group'), eq('group.mapped', 1)),
      to: 'group',
      why: 'the cdev map',
    },
    {
      type: 'file',
      fileKinds: ['group'],
      when: live('file'),
      to: 'group',
      why: 'an open group file',
    },
  ),
  law('vfio_group.drivers', {
    type: 'device',
    when: eq('parent.driver', 1),
    to: 'group',
    why: 'a device of the group',
  }),
  law('vfio_group.cdev_device_open_cnt', {
    type: 'vfio_device_file',
    fileKinds: ['cdev'],
    when: allOf(live('df'), granted),
    to: 'group',
    why: 'a bound cdev fd',
  }),
  law(
    'vfio_group.container_users',
    {
      type: 'vfio_group',
      when: allOf(live('group'), ne('group.container', NULL)),
      to: 'group',
      why: 'the group, which is in the container',
    },
    { type: 'vfio_device', when: inContainer, to: 'group', why: 'an open device of the group' },
  ),
  law(
    'vfio_container.kref',
    {
      type: 'file',
      fileKinds: ['container'],
      when: live('file'),
      to: 'container',
      why: 'the open container file',
    },
    {
      type: 'vfio_group',
      when: allOf(live('group'), ne('group.container', NULL)),
      to: 'group.container',
      why: 'a group in the container',
    },
  ),
  law('vfio_container.groups', {
    type: 'vfio_group',
    when: allOf(live('group'), ne('group.container', NULL)),
    to: 'group.container',
    why: 'a group in the container',
  }),
];

/** Laws of the IOMMU group and of the objects of an iommufd. */
const iommuLaws: readonly CounterLaw[] = [
  law(
    'iommu_group.owner_cnt',
    {
      type: 'iommufd_device',
      when: allOf(live('idev'), ne('idev.ictx', NULL)),
      to: 'iommu_group',
      why: 'a device bound to an iommufd',
    },
    {
      type: 'vfio_group',
      when: allOf(live('group'), ne('group.container', NULL)),
      to: 'iommu_group',
      why: 'the group, for its container',
    },
    {
      type: 'iommu_group',
      when: allOf(eq('iommu_group.owner', NULL), eq('iommu_group.owner_cnt', 1)),
      to: 'iommu_group',
      why: 'the kernel driver of a sibling',
    },
  ),
  law(
    'iommufd_device.users',
    { type: 'iommufd_device', when: live('idev'), to: 'idev', why: 'its place in the iommufd' },
    {
      type: 'vfio_device',
      when: allOf(live('device'), ne('device.iommufd_device', NULL)),
      to: 'device.iommufd_device',
      why: 'VFIO, which bound the device',
    },
    {
      type: 'vfio_device',
      when: allOf(live('device'), eq('device.iommufd_attached', 1)),
      to: 'device.iommufd_device',
      why: 'the attachment',
    },
  ),
  law('iommufd_device.shortterm_users', {
    type: 'iommufd_device',
    when: live('idev'),
    to: 'idev',
    why: 'its place in the iommufd',
  }),
  law('iommufd_group.ref', {
    type: 'iommufd_device',
    when: live('idev'),
    to: 'idev.igroup',
    why: 'a bound device of the group',
  }),
  law('iommufd_group.device_list', {
    type: 'iommufd_device',
    when: allOf(live('idev'), eq('idev.group_item', 1)),
    to: 'idev.igroup',
    why: 'an attached device of the group',
  }),
  law(
    'iommufd_ioas.users',
    { type: 'iommufd_ioas', when: live('ioas'), to: 'ioas', why: 'its place in the iommufd' },
    {
      type: 'iommufd_hwpt_paging',
      when: live('hwpt'),
      to: 'ioas',
      why: 'a page table of the ioas',
    },
  ),
  law(
    'iommufd_hwpt_paging.users',
    {
      type: 'iommufd_hwpt_paging',
      when: live('hwpt'),
      to: 'hwpt',
      why: 'its place in the iommufd',
    },
    {
      type: 'iommufd_device',
      when: allOf(live('idev'), eq('idev.group_item', 1)),
      to: 'idev.igroup.hwpt',
      why: 'an attached device',
    },
  ),
];

/** Who holds a struct file: the fd tables, and the kernel objects that keep an iommufd or a group file. */
const fileLaw: CounterLaw = law(
  'file.f_count',
  { type: 'fd', when: eq('fd.installed', 1), to: 'fd.file', why: 'an fd' },
  {
    type: 'vfio_device_file',
    fileKinds: ['cdev'],
    when: allOf(live('df'), ne('df.iommufd', NULL)),
    to: 'df.iommufd.file',
    why: 'a bound cdev file',
  },
  {
    type: 'iommufd_device',
    when: allOf(live('idev'), ne('idev.ictx', NULL)),
    to: 'idev.ictx.file',
    why: 'a device bound to the iommufd',
  },
  {
    type: 'vfio_group',
    when: allOf(live('group'), ne('group.iommufd', NULL)),
    to: 'group.iommufd.file',
    why: 'a group that was given the iommufd',
  },
  {
    type: 'vfio_device',
    when: inContainer,
    to: 'group.opened_file',
    why: 'an open device of the group, in container mode',
  },
);

const kvmLaw: CounterLaw = law(
  'kvm.users_count',
  { type: 'kvm', when: eq(0, 0), to: 'kvm', why: 'the virtual machine itself' },
  {
    type: 'vfio_device',
    when: allOf(live('device'), ne('device.kvm', NULL)),
    to: 'device.kvm',
    why: 'a device that refers to it',
  },
);

/** Container mode: the group has claimed the DMA for its container. */
const ownsByGroup: Condition = allOf(
  eq('df.iommufd', NULL),
  ne('group.container', NULL),
  eq('iommu_group.owner', ref('group')),
);

/** What the properties ask of v6.6. */
export function upstreamViews(kvm: boolean): DesignViews {
  return {
    normalAccess: { cdev: granted, device: granted },
    bound: {
      cdev: allOf(
        live('idev'),
        eq('device.iommufd_device', ref('idev')),
        lt(0, 'device.open_count'),
      ),
      device: allOf(
        lt(0, 'device.open_count'),
        anyOf(ne('device.iommufd_device', NULL), ne('group.container', NULL)),
      ),
    },
    owner: { cdev: 'df.iommufd', device: 'df.owner' },
    ownsDma: {
      cdev: allOf(ne('df.iommufd', NULL), eq('iommu_group.owner', 'df.iommufd')),
      device: anyOf(
        allOf(ne('df.iommufd', NULL), eq('iommu_group.owner', 'df.iommufd')),
        ownsByGroup,
      ),
    },
    pathExclusive: 'bound',
    caveat: 'found by reading, unconfirmed',
    ...(kvm ? { kvm: { device: 'device.kvm', file: 'df.bound_kvm' } } : {}),
    counters: [...deviceLaws, ...groupLaws, ...iommuLaws, fileLaw, ...(kvm ? [kvmLaw] : [])],
  };
}
