import type { ObjectType } from '../../../kernel/language/design';
import { countFiles, countCalls, sumOf } from '../../../kernel/language/staticNumber';
import { shorttermFields } from './shortterm';
import type { ShorttermUse } from './shortterm';

/** struct iommufd_ctx: created by an open of /dev/iommu; its reference count is the f_count of that file. */
export const iommufdCtx: ObjectType = {
  type: 'iommufd_ctx',
  role: 'ctx',
  per: 'file',
  fileKinds: ['iommufd'],
  name: '{file} ctx',
  lifetime: {},
  about: 'An iommufd context: the objects and the DMA ownership of one open of /dev/iommu.',
  fields: {
    file: { kind: 'link', type: 'file', edge: 'pointer' },
    vfio_ioas: { kind: 'pointer', types: ['iommufd_ioas'], matchOn: 'file', edge: 'member' },
  },
};

/** The calls that can use an ioas at the same time. */
const IOAS_USERS = [
  countCalls('attach_ioas'),
  countCalls('get_device_fd'),
  countCalls('ioas_map'),
  countCalls('ioas_unmap'),
  countCalls('map_dma'),
  countCalls('unmap_dma'),
  countCalls('hwpt_alloc'),
] as const;

/** struct iommufd_ioas; the one named `compat` is what type1 ioctls and group device fds use. */
export const iommufdIoas = (shortterm: ShorttermUse): ObjectType => ({
  type: 'iommufd_ioas',
  role: 'ioas',
  per: 'ioas',
  name: '{ioas}',
  lifetime: {},
  about: 'An I/O address space.',
  fields: {
    users: { kind: 'refcount', hi: sumOf(2, ...IOAS_USERS, countCalls('hwpt_alloc')) },
    ...shorttermFields(shortterm, ...IOAS_USERS),
    published: { kind: 'bool', memberOf: 'ictx->objects' },
    mutex: { kind: 'mutex' },
    /** Whether the one range of IOVAs that the model has is mapped, in every page table of the ioas. */
    mapped: { kind: 'bool' },
    ictx: { kind: 'link', type: 'iommufd_ctx', edge: 'member' },
  },
});

/**
 * struct iommufd_hwpt_paging: the automatic one of an ioas, and those of hwpt_alloc. One automatic one is enough, since all
 * devices are compatible with one domain. `shortterm`: of a design with hwpt_alloc.
 */
export const iommufdHwpt = (shortterm?: ShorttermUse): ObjectType => ({
  type: 'iommufd_hwpt_paging',
  role: 'hwpt',
  per: 'hwpt',
  name: '{hwpt}',
  lifetime: {},
  about: 'A hardware page table: the IOMMU domain that devices of an ioas share.',
  fields: {
    users: {
      kind: 'refcount',
      hi: sumOf(1, countFiles(['cdev', 'device']), ...(shortterm ? HWPT_USERS : [])),
    },
    ...(shortterm
      ? {
          /** Destroyed with its last user. */
          auto_domain: { kind: 'bool' } as const,
          ...shorttermFields(shortterm, ...HWPT_USERS),
          /** Of one that hwpt_alloc made: the scenario has no name for the id of an automatic one. */
          published: { kind: 'bool', memberOf: 'ictx->objects' } as const,
        }
      : {}),
    ioas: { kind: 'link', type: 'iommufd_ioas', edge: 'reference' },
  },
});

const HWPT_USERS = [countCalls('attach_ioas')] as const;
const IDEV_USERS = [countCalls('hwpt_alloc')] as const;

/** struct iommufd_group: an IOMMU group as one iommufd context sees it. */
export const iommufdGroup: ObjectType = {
  type: 'iommufd_group',
  role: 'igroup',
  per: 'iommufdGroup',
  name: '{file} igroup {group}',
  lifetime: {},
  about: 'An IOMMU group within one iommufd context: the page table that all its devices share.',
  fields: {
    /** One per bind; one file can be bound twice if no check prevents it. */
    ref: {
      kind: 'refcount',
      hi: sumOf(countFiles(['cdev', 'device'], 'group'), countCalls('bind_iommufd')),
    },
    lock: { kind: 'mutex' },
    hwpt: { kind: 'pointer', types: ['iommufd_hwpt_paging'], matchOn: 'file', edge: 'pointer' },
    device_list: { kind: 'int', hi: countFiles(['cdev', 'device'], 'group') },
    ictx: { kind: 'link', type: 'iommufd_ctx', edge: 'member' },
    group: { kind: 'link', type: 'iommu_group', edge: 'reference' },
  },
};

/** struct iommufd_device: a device bound to an iommufd context, made through one device fd. */
export const iommufdDevice = (shortterm: ShorttermUse): ObjectType => ({
  type: 'iommufd_device',
  role: 'idev',
  per: 'file',
  fileKinds: ['cdev', 'device'],
  name: '{file} idev',
  lifetime: {},
  about: 'A device bound to an iommufd context.',
  fields: {
    users: { kind: 'refcount', hi: sumOf(3, ...IDEV_USERS) },
    ...shorttermFields(shortterm, ...IDEV_USERS),
    published: { kind: 'bool', memberOf: 'ictx->objects' },
    ictx: { kind: 'pointer', types: ['iommufd_ctx'], edge: 'reference' },
    igroup: { kind: 'pointer', types: ['iommufd_group'], matchOn: 'group', edge: 'reference' },
    group_item: { kind: 'bool', memberOf: 'igroup->device_list' },
    ...(shortterm.field === 'wait_cnt' ? { destroying: { kind: 'bool' } } : {}),
    /** Local variable of detach and replace: the page table to put after the locks are dropped. */
    old_hwpt: {
      kind: 'pointer',
      modelOnly: true,
      types: ['iommufd_hwpt_paging'],
      edge: 'hidden',
    },
    dev: { kind: 'link', type: 'vfio_device', edge: 'pointer' },
  },
});
