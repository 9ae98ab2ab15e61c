import type { PropertyInputs } from '../../kernel/language/propertyInputs';
import { DRIVER } from '../shared/parentDevice';
import { allOf, anyOf, eq, live, ne, NULL } from '../../kernel/language/primitives';

const bound = ne('pci.videv', NULL);
const hasType1Container = allOf(ne('group.container', NULL), eq('group.container.iommu_driver', 1));
const accessUnblocked = eq('pci.block_access', 0);

/** What the properties ask of the RFC. Only iommufd claims the group; for type1 the container's domain must be attached. */
export const rfcPropertyInputs: PropertyInputs = {
  normalAccess: { cdev: accessUnblocked, device: accessUnblocked },
  bound: { cdev: bound, device: anyOf(hasType1Container, bound) },
  ownerContext: { cdev: 'idev.ictx', device: 'group.container' },
  ownsDma: {
    cdev: allOf(
      live('idev'),
      ne('idev.ictx', NULL),
      eq('iommu_group.user_dma_owner_id', 'idev.ictx'),
    ),
    device: anyOf(
      allOf(hasType1Container, eq('iommu_group.domain_of', 'group.container')),
      allOf(live('idev'), ne('idev.ictx', NULL), eq('iommu_group.user_dma_owner_id', 'idev.ictx')),
    ),
  },
  pathExclusive: 'open',
  // vfio_unregister_device, v5.14: then the last device of the group waits until the group has no container.
  unregisterDelays: [
    { fileKinds: ['cdev', 'device'], of: 'device' },
    { fileKinds: ['group', 'device'], of: 'group', when: ne('group.container', NULL) },
  ],
  caveat: 'found by reading the RFC of 2021-09-19, not run',
  caveatFor: { 'no-ops-before-bind': 'stated in the review of 2021-09-21' },
  counters: [
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
      counter: 'vfio_device.opened',
      holders: [
        {
          type: 'file',
          fileKinds: ['cdev'],
          when: live('file'),
          countsOn: 'device',
          label: 'an open file of the node',
        },
      ],
    },
    {
      counter: 'vfio_pci_device.refcnt',
      holders: [{ type: 'file', when: live('file'), countsOn: 'pci', label: 'an open file' }],
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
          label: 'an open file of some device node',
        },
      ],
    },
    {
      counter: 'vfio_group.opened',
      holders: [
        {
          type: 'file',
          fileKinds: ['group'],
          when: live('file'),
          countsOn: 'group',
          label: 'the open group file',
        },
        {
          type: 'file',
          fileKinds: ['cdev'],
          when: live('file'),
          countsOn: 'group',
          label: 'an open file of a device node',
        },
      ],
    },
    {
      counter: 'vfio_group.container_users',
      holders: [
        {
          type: 'file',
          fileKinds: ['group'],
          when: allOf(live('file'), ne('group.container', NULL)),
          countsOn: 'group',
          label: 'the open group file, whose group is in a container',
        },
        {
          type: 'file',
          fileKinds: ['device'],
          when: live('file'),
          countsOn: 'group',
          label: 'a device fd of the group',
        },
      ],
    },
    {
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
    },
    {
      counter: 'vfio_group.dev_counter',
      holders: [
        {
          type: 'vfio_device',
          when: allOf(live('device'), eq('device.group_next', 1)),
          countsOn: 'group',
          label: 'a device in the list of the group',
        },
      ],
    },
    {
      counter: 'vfio_container.kref',
      holders: [
        {
          type: 'file',
          fileKinds: ['container'],
          when: live('file'),
          countsOn: 'container',
          label: 'the open container file',
        },
        {
          type: 'vfio_group',
          when: ne('group.container', NULL),
          countsOn: 'group.container',
          label: 'a group in the container',
        },
      ],
    },
    {
      counter: 'vfio_container.group_list',
      holders: [
        {
          type: 'vfio_group',
          when: ne('group.container_next', NULL),
          countsOn: 'group.container_next',
          label: 'a group linked in the list',
        },
      ],
    },
    {
      counter: 'iommu_group.owner_cnt',
      holders: [
        {
          type: 'iommufd_device',
          when: allOf(live('idev'), ne('idev.ictx', NULL)),
          countsOn: 'iommu_group',
          label: 'a device bound to an iommufd',
        },
      ],
    },
    {
      counter: 'iommu_group.attach_cnt',
      holders: [
        {
          type: 'vfio_iommufd_device',
          when: allOf(live('videv'), ne('videv.ioasid', NULL)),
          countsOn: 'iommu_group',
          label: 'a device attached to an address space',
        },
      ],
    },
    {
      counter: 'iommufd_ctx.refs',
      holders: [
        {
          type: 'file',
          fileKinds: ['iommufd'],
          when: live('file'),
          countsOn: 'ctx',
          label: 'the open iommufd',
        },
        {
          type: 'iommufd_device',
          when: allOf(live('idev'), ne('idev.ictx', NULL)),
          countsOn: 'idev.ictx',
          label: 'a device bound to it',
        },
        {
          type: 'iommufd_ioas',
          when: live('ioas'),
          countsOn: 'ctx',
          label: 'an address space in it',
        },
      ],
    },
    {
      counter: 'iommufd_ctx.device_xa',
      holders: [
        {
          type: 'iommufd_device',
          when: allOf(live('idev'), eq('idev.in_device_xa', 1)),
          countsOn: 'idev.ictx',
          label: 'a device in the xarray',
        },
      ],
    },
  ],
};
