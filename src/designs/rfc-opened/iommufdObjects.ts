import type { ObjectType } from '../../kernel/language/design';
import { countCalls, countFiles, sumOf } from '../../kernel/language/staticNumber';
import { enumValues } from '../../kernel/language/primitives';

/** `iommu_group.domain`, by index: the default one, none (owned for user DMA, nothing attached), or the one that `domain_of` names. */
export const DOMAIN = enumValues('default', 'none', 'attached');

/** struct iommu_group with the owner id of RFC 06; only iommufd claims it, type1 does not. */
export const iommuGroup: ObjectType = {
  type: 'iommu_group',
  role: 'iommu_group',
  per: 'group',
  name: 'iommu group {group}',
  about:
    'Devices that the IOMMU cannot isolate from each other, the iommufd that owns their DMA, and their domain.',
  fields: {
    mutex: { kind: 'mutex' },
    user_dma_owner_id: { kind: 'pointer', types: ['iommufd_ctx'], edge: 'pointer' },
    owner_cnt: { kind: 'int', hi: countCalls('bind_iommufd') },
    attach_cnt: { kind: 'int', hi: countCalls('attach_ioas') },
    domain: { kind: 'enum', values: Object.keys(DOMAIN) },
    /** The owner of the attached page table: an ioas, or a container with a type1 driver. */
    domain_of: { kind: 'pointer', types: ['vfio_container', 'iommufd_ioas'], edge: 'pointer' },
  },
};

/** struct iommufd_ctx of RFC 01 and 07: has its own reference count. */
export const iommufdCtx: ObjectType = {
  type: 'iommufd_ctx',
  role: 'ctx',
  per: 'file',
  fileKinds: ['iommufd'],
  name: '{file} ctx',
  lifetime: {},
  about:
    'An iommufd context: the devices bound to one open of /dev/iommu, and its I/O address spaces.',
  fields: {
    refs: {
      kind: 'refcount',
      freesAtZero: true,
      hi: sumOf(1, countCalls('bind_iommufd'), countCalls('ioas_alloc')),
    },
    lock: { kind: 'mutex' },
    /** How many devices the xarray holds. */
    device_xa: { kind: 'int', hi: countCalls('bind_iommufd') },
    /** Local variable of IOMMU_IOASID_FREE for an id that is not in the xarray: always NULL. */
    ioas: { kind: 'pointer', types: ['iommufd_ioas'], matchOn: 'file', edge: 'hidden' },
  },
};

/** struct iommufd_device of RFC 07. */
export const iommufdDevice: ObjectType = {
  type: 'iommufd_device',
  role: 'idev',
  per: 'device',
  name: '{device} idev',
  lifetime: {},
  ids: { space: 'device_xa', first: 0 },
  about: 'A device bound to an iommufd context.',
  fields: {
    in_device_xa: { kind: 'bool', memberOf: 'ictx->device_xa' },
    ictx: { kind: 'pointer', types: ['iommufd_ctx'], edge: 'reference' },
    dev: { kind: 'link', type: 'device', edge: 'pointer' },
  },
};

/** struct vfio_iommufd_device: the bind record of vfio-pci. */
export const vfioIommufdDevice: ObjectType = {
  type: 'vfio_iommufd_device',
  role: 'videv',
  per: 'device',
  name: '{device} videv',
  lifetime: {},
  about:
    "vfio-pci's record of a bind: the iommufd_device, the fd number that was given, and the attached address space.",
  fields: {
    idev: { kind: 'pointer', types: ['iommufd_device'], matchOn: 'device', edge: 'pointer' },
    iommu_fd: {
      kind: 'int',
      hi: sumOf(
        2,
        countFiles(['cdev', 'device', 'group', 'container', 'iommufd']),
        countCalls('pass_fd'),
      ),
    },
    ioasid: { kind: 'pointer', types: ['iommufd_ioas'], edge: 'member' },
  },
};

/** struct iommufd_ioas of RFC 11 and 14. */
export const iommufdIoas: ObjectType = {
  type: 'iommufd_ioas',
  role: 'ioas',
  per: 'ioas',
  name: '{ioas}',
  lifetime: {},
  ids: { space: 'ioasid_xa', first: 0 },
  about: 'An I/O address space: its id, and the devices that are attached to it.',
  fields: {
    refs: { kind: 'refcount', freesAtZero: true, hi: sumOf(1, countCalls('attach_ioas')) },
    lock: { kind: 'mutex' },
    mapped: { kind: 'bool' },
    device_list: { kind: 'int', hi: countCalls('attach_ioas') },
    ictx: { kind: 'link', type: 'iommufd_ctx', edge: 'reference' },
  },
};
