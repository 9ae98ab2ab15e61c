import type { CounterLaw, DesignViews } from '../../kernel/design';
import { allOf, eq, live, lt, ne, NULL } from '../../kernel/primitives';

const normal = eq('file.f_op', 1);
const bound = allOf(live('idev'), ne('device.iommu_dev', NULL), lt(0, 'device.open_count'));
const ownsDma = allOf(ne('idev.ictx', NULL), eq('iommu_group.owner', 'idev.ictx'));

/** A claim that counts: the iommufd_device's, or that of a sibling's kernel driver (count 1 and no owner). */
export const ownerCount: CounterLaw = {
  counter: 'iommu_group.owner_cnt',
  holders: [
    {
      type: 'iommufd_device',
      when: allOf(live('idev'), ne('idev.ictx', NULL)),
      to: 'iommu_group',
      why: 'a device bound to an iommufd',
    },
    {
      type: 'iommu_group',
      when: allOf(eq('iommu_group.owner', NULL), eq('iommu_group.owner_cnt', 1)),
      to: 'iommu_group',
      why: 'the kernel driver of a sibling',
    },
  ],
};

/** The laws of the device and its memory, the same in both parked designs. */
export const deviceCounters: readonly CounterLaw[] = [
  {
    counter: 'vfio_device.refcount',
    holders: [
      {
        type: 'vfio_device',
        when: allOf(live('device'), eq('device.registered', 1)),
        to: 'device',
        why: 'the registration itself',
      },
      { type: 'file', when: live('file'), to: 'device', why: 'an open file' },
    ],
  },
  {
    counter: 'vfio_device.kref',
    holders: [
      { type: 'device', when: eq('parent.driver', 1), to: 'device', why: 'the driver' },
      { type: 'cdev', when: ne('cdev.kobj', 0), to: 'device', why: 'the cdev, held by open files' },
    ],
  },
  {
    counter: 'cdev.kobj',
    holders: [
      { type: 'cdev', when: eq('cdev.mapped', 1), to: 'cdev', why: 'the cdev map' },
      {
        type: 'file',
        fileKinds: ['cdev'],
        when: live('file'),
        to: 'cdev',
        why: 'an open file of the cdev',
      },
    ],
  },
  {
    counter: 'vfio_device.open_count',
    holders: [
      {
        type: 'file',
        when: allOf(live('file'), normal),
        to: 'device',
        why: 'a file with normal fops',
      },
    ],
  },
];

/** The group's memory is held by its devices and by the one that has it open. */
export const groupKref: CounterLaw = {
  counter: 'vfio_group.kref',
  holders: [
    { type: 'device', when: eq('parent.driver', 1), to: 'group', why: 'a device of the group' },
    {
      type: 'file',
      fileKinds: ['group'],
      when: live('file'),
      to: 'group',
      why: 'the open group file',
    },
  ],
};

/** What the properties ask of the shim design: both kinds of device file look alike. */
export const shimViews: DesignViews = {
  normalAccess: { cdev: normal, device: normal },
  bound: { cdev: bound, device: bound },
  owner: { cdev: 'idev.ictx', device: 'idev.ictx' },
  ownsDma: { cdev: ownsDma, device: ownsDma },
  counters: [...deviceCounters, groupKref, ownerCount],
};
