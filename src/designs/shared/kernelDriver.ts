import type { Routine, StepSpec } from '../../kernel/language/design';
import {
  bugOn,
  decrement,
  eq,
  fail,
  fallible,
  forEach,
  increment,
  mutexLock,
  mutexUnlock,
  ne,
  NULL,
  branch,
  comment,
  store,
  warnOn,
} from '../../kernel/language/primitives';
import type { Condition, Op } from '../../kernel/language/primitives';
import { DOMAIN } from './iommuGroup';
import { DRIVER, enterProbe, enterRemove, leaveDriverCore } from './parentDevice';

const DD_C = 'drivers/base/dd.c';
const IOMMU_C = 'drivers/iommu/iommu.c, v6.6';

/** A BUG_ON of the bus notifier that runs once the driver is bound. */
export interface BoundNotifier {
  /** `PROBE.4`. */
  readonly id: string;
  readonly title: string;
  readonly cite: string;
  /** True if the group is in use by user space: the kernel driver makes it not viable. */
  readonly inUse: Condition;
  readonly reason: string;
  /** The object that the violation is shown at. */
  readonly at: string;
  /** Held around the BUG_ON. */
  readonly mutex?: string;
}

/** How a design keeps kernel drivers and user space apart in one IOMMU group. */
export interface KernelDriverRules {
  /** v5.19 and later: the driver core claims the default domain before probe. */
  readonly claimsDefaultDomain: boolean;
  /** Before v5.19: a notifier after probe. */
  readonly notifiers: readonly BoundNotifier[];
}

/** The claim of v5.19 and later, and nothing else. */
export const CLAIMS_DEFAULT_DOMAIN: KernelDriverRules = {
  claimsDefaultDomain: true,
  notifiers: [],
};

/** vfio_group_nb_verify of v5.14: a group in a container must stay viable. */
export function containerNotifier(id: string, users: Condition): BoundNotifier {
  return {
    id,
    title: 'BUG_ON of the group notifier: the host crashes if the group is in a container',
    cite: 'drivers/vfio/vfio.c, vfio_iommu_group_notifier and vfio_group_nb_verify, v5.14',
    inUse: users,
    reason: 'a kernel driver is bound in a group that is in a container; the host crashes',
    at: 'group',
  };
}

/** iommu_device_use_default_domain: fails while user space owns the DMA of the group. */
const useDefaultDomain: StepSpec = {
  id: 'PROBE.2',
  title: 'use the default domain of the IOMMU group (dma_configure)',
  cite: `${IOMMU_C}, iommu_device_use_default_domain`,
  ops: [
    mutexLock('iommu_group.mutex'),
    branch(ne('iommu_group.owner_cnt', 0), [
      branch(ne('iommu_group.owner', NULL), [
        mutexUnlock('iommu_group.mutex'),
        fail('EBUSY', 'user space owns the DMA of the group', {
          at: 'iommu_group',
          to: 'PROBE.U2',
        }),
      ]),
      branch(ne('iommu_group.domain', DOMAIN.default), [
        mutexUnlock('iommu_group.mutex'),
        fail('EBUSY', 'the group is not on its default domain', {
          at: 'iommu_group',
          to: 'PROBE.U2',
        }),
      ]),
    ]),
    increment('iommu_group.owner_cnt'),
    mutexUnlock('iommu_group.mutex'),
  ],
};

/** iommu_device_unuse_default_domain. */
const unuseDefaultDomain = (id: string, title: string): StepSpec => ({
  id,
  title,
  cite: `${IOMMU_C}, iommu_device_unuse_default_domain`,
  ops: [
    mutexLock('iommu_group.mutex'),
    warnOn(eq('iommu_group.owner_cnt', 0), 'the group has no user'),
    decrement('iommu_group.owner_cnt'),
    mutexUnlock('iommu_group.mutex'),
  ],
});

const notifierStep = (n: BoundNotifier): StepSpec => ({
  id: n.id,
  title: n.title,
  cite: n.cite,
  ops: [
    ...(n.mutex === undefined ? [] : [mutexLock(n.mutex)]),
    branch(n.inUse, [bugOn(ne('parent.driver', DRIVER.none), n.reason, n.at)]),
    ...(n.mutex === undefined ? [] : [mutexUnlock(n.mutex)]),
  ],
});

/** The viability check of v5.14 and RFC 06: `otherwise` runs if a device of the group has an ordinary kernel driver. */
export const checkViable = (otherwise: readonly Op[]): Op =>
  forEach('parent', 'group', 'sibling', [branch(eq('sibling.driver', DRIVER.kernel), otherwise)]);

/** probe_driver: an ordinary kernel driver binds to a device of the group. */
export function probeDriver(rules: KernelDriverRules): Routine {
  const version = rules.claimsDefaultDomain ? 'v6.6' : 'v5.14';
  return {
    name: 'really_probe',
    cite: `${DD_C}, really_probe, ${version}`,
    steps: [
      ...enterProbe('PROBE.1'),
      {
        id: 'PROBE.1c',
        title: 'record the driver in the bus device',
        ops: [store('parent.driver', DRIVER.kernel)],
      },
      ...(rules.claimsDefaultDomain ? [useDefaultDomain] : []),
      {
        id: 'PROBE.3',
        title: 'run the probe op of the driver',
        ops: [
          comment('drv->probe(dev)'),
          fallible('probe', 'EIO', 'the probe op of the driver fails', {
            at: 'parent',
            to: rules.claimsDefaultDomain ? 'PROBE.U3' : 'PROBE.U2',
          }),
        ],
      },
      ...rules.notifiers.map(notifierStep),
      leaveDriverCore('PROBE.5', DRIVER.kernel),
      ...(rules.claimsDefaultDomain
        ? [unuseDefaultDomain('PROBE.U3', 'undo: no longer use the default domain (dma_cleanup)')]
        : []),
      leaveDriverCore('PROBE.U2', DRIVER.none),
    ],
  };
}

/** remove_driver: an ordinary kernel driver is unbound from a device of the group. */
export function removeDriver(rules: Pick<KernelDriverRules, 'claimsDefaultDomain'>): Routine {
  const version = rules.claimsDefaultDomain ? 'v6.6' : 'v5.14';
  return {
    name: '__device_release_driver',
    cite: `${DD_C}, __device_release_driver, ${version}`,
    steps: [
      ...enterRemove('REMOVE.1', 'kernel'),
      {
        id: 'REMOVE.2',
        title: 'run the remove op of the driver',
        ops: [comment('drv->remove(dev)')],
      },
      ...(rules.claimsDefaultDomain
        ? [unuseDefaultDomain('REMOVE.3', 'no longer use the default domain (dma_cleanup)')]
        : []),
      leaveDriverCore('REMOVE.4', DRIVER.none),
    ],
  };
}
