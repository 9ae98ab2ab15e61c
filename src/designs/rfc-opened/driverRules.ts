import { allOf, live, ne, NULL } from '../../kernel/language/primitives';
import { rfcPatch } from '../shared/citations';
import { containerNotifier } from '../shared/kernelDriver';
import type { KernelDriverRules } from '../shared/kernelDriver';

/** RFC 06 and v5.14: nothing refuses a kernel driver; two notifiers stop the host once it is bound. */
export const RFC_DRIVER_RULES: KernelDriverRules = {
  claimsDefaultDomain: false,
  notifiers: [
    {
      id: 'PROBE.4',
      title: 'BUG_ON of the bus notifier: the host crashes if an iommufd owns the DMA of the group',
      cite: `drivers/iommu/iommu.c, iommu_bus_notifier, BUS_NOTIFY_BOUND_DRIVER; ${rfcPatch(6)}`,
      mutex: 'iommu_group.mutex',
      inUse: ne('iommu_group.user_dma_owner_id', NULL),
      reason: 'a kernel driver is bound in a group whose DMA an iommufd owns; the host crashes',
      at: 'iommu_group',
    },
    containerNotifier('PROBE.4b', allOf(live('group'), ne('group.container_users', 0))),
  ],
};
