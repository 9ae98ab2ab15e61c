import type { DesignViews } from '../../kernel/design';
import { allOf, anyOf, eq, live, ne, NULL } from '../../kernel/primitives';

const bound = ne('pci.videv', NULL);
const type1 = allOf(ne('group.container', NULL), eq('group.container.iommu_driver', 1));
const unblocked = eq('pci.block_access', 0);

/** What the properties ask of the RFC. Only iommufd claims the group; of type1 the attached domain must be the container's. */
export const rfcViews: DesignViews = {
  normalAccess: { cdev: unblocked, device: unblocked },
  bound: { cdev: bound, device: anyOf(type1, bound) },
  owner: { cdev: 'idev.ictx', device: 'group.container' },
  ownsDma: {
    cdev: allOf(
      live('idev'),
      ne('idev.ictx', NULL),
      eq('iommu_group.user_dma_owner_id', 'idev.ictx'),
    ),
    device: anyOf(
      allOf(type1, eq('iommu_group.domain_of', 'group.container')),
      allOf(live('idev'), ne('idev.ictx', NULL), eq('iommu_group.user_dma_owner_id', 'idev.ictx')),
    ),
  },
  pathExclusive: 'open',
  caveat: 'found by reading, unconfirmed',
  admitted: ['no-ops-before-bind'],
  counters: [
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
      counter: 'vfio_device.opened',
      holders: [
        {
          type: 'file',
          fileKinds: ['cdev'],
          when: live('file'),
          to: 'device',
          why: 'an open file of the node',
        },
      ],
    },
    {
      counter: 'vfio_pci_device.refcnt',
      holders: [{ type: 'file', when: live('file'), to: 'pci', why: 'an open file' }],
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
          why: 'an open file of some device node',
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
          to: 'group',
          why: 'the open group file',
        },
        {
          type: 'file',
          fileKinds: ['cdev'],
          when: live('file'),
          to: 'group',
          why: 'an open file of a device node',
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
          to: 'group',
          why: 'the open group file, whose group is in a container',
        },
        {
          type: 'file',
          fileKinds: ['device'],
          when: live('file'),
          to: 'group',
          why: 'a device fd of the group',
        },
      ],
    },
    {
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
    },
    {
      counter: 'vfio_group.dev_counter',
      holders: [
        {
          type: 'vfio_device',
          when: allOf(live('device'), eq('device.group_next', 1)),
          to: 'group',
          why: 'a device in the list of the group',
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
          to: 'container',
          why: 'the open container file',
        },
        {
          type: 'vfio_group',
          when: ne('group.container', NULL),
          to: 'group.container',
          why: 'a group in the container',
        },
      ],
    },
    {
      counter: 'vfio_container.group_list',
      holders: [
        {
          type: 'vfio_group',
          when: ne('group.container_next', NULL),
          to: 'group.container_next',
          why: 'a group linked in the list',
        },
      ],
    },
    {
      counter: 'iommu_group.owner_cnt',
      holders: [
        {
          type: 'iommufd_device',
          when: allOf(live('idev'), ne('idev.ictx', NULL)),
          to: 'iommu_group',
          why: 'a device bound to an iommufd',
        },
      ],
    },
    {
      counter: 'iommu_group.attach_cnt',
      holders: [
        {
          type: 'vfio_iommufd_device',
          when: allOf(live('videv'), ne('videv.ioasid', NULL)),
          to: 'iommu_group',
          why: 'a device attached to an address space',
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
          to: 'ctx',
          why: 'the open iommufd',
        },
        {
          type: 'iommufd_device',
          when: allOf(live('idev'), ne('idev.ictx', NULL)),
          to: 'idev.ictx',
          why: 'a device bound to it',
        },
        { type: 'iommufd_ioas', when: live('ioas'), to: 'ctx', why: 'an address space in it' },
      ],
    },
    {
      counter: 'iommufd_ctx.device_xa',
      holders: [
        {
          type: 'iommufd_device',
          when: allOf(live('idev'), eq('idev.in_device_xa', 1)),
          to: 'idev.ictx',
          why: 'a device in the xarray',
        },
      ],
    },
  ],
};
