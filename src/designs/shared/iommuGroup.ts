import type { ObjectType, StepSpec } from '../../kernel/language/design';
import { countDevices, countFiles, sumOf } from '../../kernel/language/staticNumber';
import {
  anyOf,
  decrement,
  enumValues,
  eq,
  fail,
  fallible,
  goto,
  increment,
  lt,
  mutexLock,
  mutexUnlock,
  ne,
  NULL,
  store,
  branch,
  warnOn,
} from '../../kernel/language/primitives';
import type { Op, Operand } from '../../kernel/language/primitives';

/** The values of `iommu_group.domain`. */
export const DOMAIN = enumValues('default', 'blocking', 'attached');

const CITE = 'drivers/iommu/iommu.c, v6.6';

/** struct iommu_group, whose owner points to an object of one of these types. `blockedByReset`: a device reset blocks it (v7.0). */
export function iommuGroupType(owners: readonly string[], blockedByReset = false): ObjectType {
  return {
    type: 'iommu_group',
    role: 'iommu_group',
    per: 'group',
    name: 'iommu group {group}',
    about: 'Devices that the IOMMU cannot isolate from each other, and the owner of their DMA.',
    fields: {
      mutex: { kind: 'mutex' },
      owner: { kind: 'pointer', types: owners, edge: 'pointer' },
      owner_cnt: {
        kind: 'int',
        hi: sumOf(1, countFiles(['cdev', 'device'], 'group'), countDevices({ same: 'group' })),
        init: countDevices({ same: 'group', kernelDriver: true }),
      },
      domain: { kind: 'enum', values: Object.keys(DOMAIN) },
      ...(blockedByReset
        ? {
            resetting_domain: { kind: 'bool' },
            // The page table behind `domain`, if iommufd attached it.
            domain_of: { kind: 'pointer', types: ['iommufd_hwpt_paging'], edge: 'pointer' },
          }
        : {}),
    },
  };
}

/** One claim of DMA ownership, as a step. */
export interface DmaClaim {
  readonly id: string;
  /** The new owner. */
  readonly owner: Operand;
  /** The first step of the unwinding; without it the call returns. */
  readonly onError?: string | undefined;
  /** Skips the check that the group has its default domain (the claim of 2021). */
  readonly skipDomainCheck?: boolean | undefined;
  /** Binds the names in `owner` (withPointer); the lock stays the first operation. */
  readonly wrap?: ((ops: readonly Op[]) => readonly Op[]) | undefined;
}

/** A claim with owner_cnt 0; the mutex is held. */
function claimUnowned(c: DmaClaim): readonly Op[] {
  const where = { at: 'iommu_group', ...(c.onError === undefined ? {} : { to: c.onError }) };
  return [
    ...(c.skipDomainCheck
      ? []
      : [
          branch(ne('iommu_group.domain', DOMAIN.default), [
            mutexUnlock('iommu_group.mutex'),
            fail('EBUSY', 'the group is not on its default domain', where),
          ]),
        ]),
    fallible('alloc_blocking_domain', 'ENOMEM', 'no blocking domain', {
      ...where,
      before: [mutexUnlock('iommu_group.mutex')],
    }),
    store('iommu_group.domain', DOMAIN.blocking),
    store('iommu_group.owner', c.owner),
    store('iommu_group.owner_cnt', 1),
    mutexUnlock('iommu_group.mutex'),
  ];
}

/** iommu_device_claim_dma_owner: the same owner counts up, another one gets -EPERM. */
export function deviceClaimDmaOwner(c: DmaClaim): StepSpec {
  const where = { at: 'iommu_group', ...(c.onError === undefined ? {} : { to: c.onError }) };
  const ops: readonly Op[] = [
    mutexLock('iommu_group.mutex'),
    branch(
      ne('iommu_group.owner_cnt', 0),
      [
        branch(ne('iommu_group.owner', c.owner), [
          mutexUnlock('iommu_group.mutex'),
          fail('EPERM', 'the DMA of the group belongs to another owner', where),
        ]),
        increment('iommu_group.owner_cnt'),
        mutexUnlock('iommu_group.mutex'),
      ],
      claimUnowned(c),
    ),
  ];
  return {
    id: c.id,
    title: 'claim the DMA of the IOMMU group for the device',
    cite: `${CITE}, iommu_device_claim_dma_owner`,
    ops: c.wrap ? c.wrap(ops) : ops,
  };
}

/** iommu_group_claim_dma_owner: fails with -EPERM if the group has any owner. */
export function groupClaimDmaOwner(c: DmaClaim): StepSpec {
  const where = { at: 'iommu_group', ...(c.onError === undefined ? {} : { to: c.onError }) };
  return {
    id: c.id,
    title: 'claim the DMA of the IOMMU group',
    cite: `${CITE}, iommu_group_claim_dma_owner`,
    ops: [
      mutexLock('iommu_group.mutex'),
      branch(ne('iommu_group.owner_cnt', 0), [
        mutexUnlock('iommu_group.mutex'),
        fail('EPERM', 'the DMA of the group belongs to another owner', where),
      ]),
      ...claimUnowned(c),
    ],
  };
}

/** iommu_device_release_dma_owner: the last release restores the default domain. */
export function deviceReleaseDmaOwner(id: string, next?: string): StepSpec {
  return {
    id,
    title: 'release the DMA of the IOMMU group for the device',
    cite: `${CITE}, iommu_device_release_dma_owner`,
    ops: [
      mutexLock('iommu_group.mutex'),
      branch(
        lt(1, 'iommu_group.owner_cnt'),
        [decrement('iommu_group.owner_cnt')],
        RELEASE_OWNERSHIP,
      ),
      mutexUnlock('iommu_group.mutex'),
      ...(next === undefined ? [] : [goto(next)]),
    ],
  };
}

/** iommu_group_release_dma_owner. */
export function groupReleaseDmaOwner(id: string, next?: string): StepSpec {
  return {
    id,
    title: 'release the DMA of the IOMMU group',
    cite: `${CITE}, iommu_group_release_dma_owner`,
    ops: [
      mutexLock('iommu_group.mutex'),
      ...RELEASE_OWNERSHIP,
      mutexUnlock('iommu_group.mutex'),
      ...(next === undefined ? [] : [goto(next)]),
    ],
  };
}

const NO_OWNER = anyOf(eq('iommu_group.owner_cnt', 0), eq('iommu_group.owner', NULL));

/** __iommu_release_dma_ownership: a group that user space does not own stays as it is. */
const RELEASE_OWNERSHIP: readonly Op[] = [
  warnOn(NO_OWNER, 'the group has no owner'),
  branch(
    NO_OWNER,
    [],
    [
      store('iommu_group.owner_cnt', 0),
      store('iommu_group.owner', NULL),
      store('iommu_group.domain', DOMAIN.default),
    ],
  ),
];
