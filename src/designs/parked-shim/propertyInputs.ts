import { F_OP } from '../../kernel/language/vfs';
import type { CounterSpec, PropertyInputs } from '../../kernel/language/propertyInputs';
import { DRIVER } from '../shared/parentDevice';
import { allOf, eq, live, lt, ne, NULL } from '../../kernel/language/primitives';

const normalFops = eq('file.f_op', F_OP.normal);
const bound = allOf(live('idev'), ne('device.iommu_dev', NULL), lt(0, 'device.open_count'));
const ownsDma = allOf(ne('idev.ictx', NULL), eq('iommu_group.owner', 'idev.ictx'));

/** owner_cnt: claims of iommufd_devices, or kernel drivers of devices of the group (no owner). */
export const ownerCount: CounterSpec = {
  counter: 'iommu_group.owner_cnt',
  holders: [
    {
      type: 'iommufd_device',
      when: allOf(live('idev'), ne('idev.ictx', NULL)),
      countsOn: 'iommu_group',
      label: 'a device bound to an iommufd',
    },
    {
      type: 'device',
      when: eq('parent.driver', DRIVER.kernel),
      countsOn: 'iommu_group',
      label: 'the kernel driver of a device',
    },
  ],
};

/** Counters of the device and its memory in all designs with an embedded cdev. */
export const deviceCounters: readonly CounterSpec[] = [
  {
    counter: 'vfio_device.refcount',
    holders: [
      {
        type: 'vfio_device',
        when: allOf(live('device'), eq('device.registered', 1)),
        countsOn: 'device',
        label: 'the registration itself',
      },
      { type: 'file', when: live('file'), countsOn: 'device', label: 'an open file' },
    ],
  },
  {
    counter: 'vfio_device.kref',
    holders: [
      {
        type: 'device',
        when: eq('parent.driver', DRIVER.vfio),
        countsOn: 'device',
        label: 'the driver',
      },
      {
        type: 'cdev',
        when: ne('cdev.kobj', 0),
        countsOn: 'device',
        label: 'the cdev, held by open files',
      },
    ],
  },
  {
    counter: 'cdev.kobj',
    holders: [
      { type: 'cdev', when: eq('cdev.mapped', 1), countsOn: 'cdev', label: 'the cdev map' },
      {
        type: 'file',
        fileKinds: ['cdev'],
        when: live('file'),
        countsOn: 'cdev',
        label: 'an open file of the cdev',
      },
    ],
  },
  {
    counter: 'vfio_device.open_count',
    holders: [
      {
        type: 'file',
        when: allOf(live('file'), normalFops),
        countsOn: 'device',
        label: 'a file with normal fops',
      },
    ],
  },
];

/** kref of the group: its devices and its open file. */
export const groupKref: CounterSpec = {
  counter: 'vfio_group.kref',
  holders: [
    {
      type: 'device',
      when: eq('parent.driver', DRIVER.vfio),
      countsOn: 'group',
      label: 'a device of the group',
    },
    {
      type: 'file',
      fileKinds: ['group'],
      when: live('file'),
      countsOn: 'group',
      label: 'the open group file',
    },
  ],
};

/** Who says that an access can be visible too early: this project. */
export const FOUND_IN_MAILS = 'found by reading the mails of 2021, not run';

/** What the properties ask of the shim design; both kinds of device file are alike. */
export const shimPropertyInputs: PropertyInputs = {
  normalAccess: { cdev: normalFops, device: normalFops },
  bound: { cdev: bound, device: bound },
  ownerContext: { cdev: 'idev.ictx', device: 'idev.ictx' },
  ownsDma: { cdev: ownsDma, device: ownsDma },
  unregisterDelays: [{ fileKinds: ['cdev', 'device'], of: 'device' }],
  counters: [...deviceCounters, groupKref, ownerCount],
  caveatFor: { publication: FOUND_IN_MAILS },
};
