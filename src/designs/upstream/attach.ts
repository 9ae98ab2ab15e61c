import type { Routine } from '../../kernel/language/design';
import {
  driverOp,
  eq,
  fail,
  fallible,
  goto,
  mutexLock,
  mutexUnlock,
  NULL,
  ret,
  staticBranch,
  store,
  branch,
  warnOn,
} from '../../kernel/language/primitives';
import type { Op } from '../../kernel/language/primitives';
import { attachDevice, detachDevice } from '../shared/iommufd/attach';
import { accessCheck } from './accessCheck';
import { linuxCitation } from './citation';
import type { Linux } from './linux';

const DEVICE_CDEV_C = 'drivers/vfio/device_cdev.c';

/** The first check of the attach and detach ops (drivers/vfio/iommufd.c, vfio_iommufd_physical_attach_ioas and _detach_ioas). */
export const ifUnbound = (...ops: readonly Op[]): readonly Op[] => {
  const unbound = eq('device.iommufd_device', NULL);
  return [warnOn(unbound, 'the device is not bound'), branch(unbound, ops)];
};

/** ATTACH: VFIO_DEVICE_ATTACH_IOMMUFD_PT on a cdev fd; a second attach replaces the page table. */
export const attachIoas = (linux: Linux): Routine => ({
  name: 'vfio_df_ioctl_attach_pt',
  cite: linuxCitation(DEVICE_CDEV_C, 'vfio_df_ioctl_attach_pt'),
  steps: [
    ...accessCheck,
    {
      id: 'ATTACH.1',
      title: 'copy the argument from user space',
      ops: [fallible('copy_from_user', 'EFAULT', 'the argument cannot be read', { at: 'file' })],
    },
    {
      id: 'ATTACH.2',
      title: 'check size and flags of the argument',
      ops: [fallible('check', 'EINVAL', 'short argsz or unknown flags', { at: 'file' })],
    },
    {
      id: 'ATTACH.3',
      title: 'lock the reset set, run the attach op of the driver',
      ops: [
        mutexLock('dev_set.lock'),
        driverOp('attach_ioas', { file: 'file' }),
        ...ifUnbound(fail('EINVAL', 'the device is not bound', { at: 'device', to: 'ATTACH.6' })),
      ],
    },
    ...attachDevice({
      shortterm: linux.shortterm,
      resetBlocksGroup: linux.resetBlocksGroup,
      replaceChecksAttached: linux.replaceChecksAttached,
      hwptAlloc: true,
      hwptArgument: true,
      stepId: 'ATTACH.4',
      ioas: {
        name: 'ioas',
        wrap: (ops) => [staticBranch({ arg: 'ioas', kinds: ['iommufd'] }, ops)],
      },
      idev: 'device.iommufd_device',
      attachedFlag: 'device.iommufd_attached',
      onError: 'ATTACH.6',
      next: 'ATTACH.5',
    }),
    {
      id: 'ATTACH.5',
      title: 'copy the id of the page table to user space',
      ops: [
        fallible('copy_to_user', 'EFAULT', 'the id cannot be written', {
          at: 'file',
          to: 'ATTACH.U5:IDETACH.1a',
        }),
        goto('ATTACH.6'),
      ],
    },
    ...detachDevice({
      resetBlocksGroup: linux.resetBlocksGroup,
      hwptAlloc: true,
      prefix: 'ATTACH.U5:',
      idev: 'device.iommufd_device',
      next: 'ATTACH.U5',
    }),
    {
      id: 'ATTACH.U5',
      title: 'undo: clear iommufd_attached',
      ops: [store('device.iommufd_attached', 0)],
    },
    { id: 'ATTACH.6', title: 'unlock the reset set', ops: [mutexUnlock('dev_set.lock'), ret()] },
  ],
});

/** DETACH: VFIO_DEVICE_DETACH_IOMMUFD_PT on a cdev fd; succeeds if the device is not attached. */
export const detachIoas = (linux: Linux): Routine => ({
  name: 'vfio_df_ioctl_detach_pt',
  cite: linuxCitation(DEVICE_CDEV_C, 'vfio_df_ioctl_detach_pt'),
  steps: [
    ...accessCheck,
    {
      id: 'DETACH.1',
      title: 'copy the argument from user space',
      ops: [fallible('copy_from_user', 'EFAULT', 'the argument cannot be read', { at: 'file' })],
    },
    {
      id: 'DETACH.2',
      title: 'check size and flags of the argument',
      ops: [fallible('check', 'EINVAL', 'short argsz or unknown flags', { at: 'file' })],
    },
    {
      id: 'DETACH.3',
      title: 'lock the reset set, run the detach op of the driver; done if not attached',
      ops: [
        mutexLock('dev_set.lock'),
        driverOp('detach_ioas', { file: 'file' }),
        ...ifUnbound(goto('DETACH.6')),
        branch(eq('device.iommufd_attached', 0), [goto('DETACH.6')]),
      ],
    },
    ...detachDevice({
      resetBlocksGroup: linux.resetBlocksGroup,
      hwptAlloc: true,
      prefix: 'DETACH.4:',
      idev: 'device.iommufd_device',
      next: 'DETACH.5',
    }),
    {
      id: 'DETACH.5',
      title: 'clear iommufd_attached',
      ops: [store('device.iommufd_attached', 0)],
    },
    { id: 'DETACH.6', title: 'unlock the reset set', ops: [mutexUnlock('dev_set.lock'), ret()] },
  ],
});
