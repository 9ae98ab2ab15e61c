import type { Routine } from '../../kernel/language/design';
import {
  branch,
  eq,
  fail,
  fallible,
  goto,
  mutexLock,
  mutexUnlock,
  ne,
  NULL,
  ret,
} from '../../kernel/language/primitives';
import { STATUS, statusArgument } from '../shared/groupStatus';
import { linuxCitation } from './citation';

/** GET_STATUS: a group with a container or iommufd is viable; any other if its DMA is not claimed. */
export const groupStatus: Routine = {
  name: 'vfio_group_ioctl_get_status',
  cite: linuxCitation('drivers/vfio/group.c', 'vfio_group_ioctl_get_status'),
  steps: [
    ...statusArgument,
    {
      id: 'GSTAT.3',
      title: 'lock the group and check that its last device is not gone',
      ops: [
        mutexLock('group.group_lock'),
        branch(eq('group.iommu_group', NULL), [
          mutexUnlock('group.group_lock'),
          fail('ENODEV', 'the last device of the group is gone', { at: 'group' }),
        ]),
        branch(ne('group.container', NULL), [STATUS.viableInContainer, goto('GSTAT.5')]),
        // With an iommufd the DMA is claimed by GET_DEVICE_FD only, which may still fail.
        branch(ne('group.iommufd', NULL), [STATUS.viableInContainer, goto('GSTAT.5')]),
      ],
    },
    {
      id: 'GSTAT.4',
      title: 'neither container nor iommufd: viable if the DMA of the group is not claimed',
      cite: linuxCitation('drivers/iommu/iommu.c', 'iommu_group_dma_owner_claimed'),
      ops: [
        mutexLock('iommu_group.mutex'),
        branch(eq('iommu_group.owner_cnt', 0), [STATUS.viable], [STATUS.none]),
        mutexUnlock('iommu_group.mutex'),
      ],
    },
    {
      id: 'GSTAT.5',
      title: 'unlock the group',
      ops: [mutexUnlock('group.group_lock')],
    },
    {
      id: 'GSTAT.6',
      title: 'copy the flags to user space',
      ops: [
        fallible('copy_to_user', 'EFAULT', 'the flags cannot be written', { at: 'group' }),
        ret(),
      ],
    },
  ],
};
