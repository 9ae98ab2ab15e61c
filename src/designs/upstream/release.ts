import type { Routine, StepSpec } from '../../kernel/language/design';
import {
  decrement,
  driverOp,
  eq,
  fput,
  free,
  goto,
  lt,
  modelOnly,
  mutexLock,
  mutexUnlock,
  ne,
  notOf,
  NULL,
  ret,
  comment,
  store,
  branch,
  warnOn,
} from '../../kernel/language/primitives';
import type { Op } from '../../kernel/language/primitives';
import { detachDevice } from '../shared/iommufd/attach';
import { unbindDevice } from '../shared/iommufd/bind';
import { putCdev, putKvm, putRegistration, deviceReleaseSteps } from './lifetime';
import { linuxCitation } from './citation';
import type { Linux } from './linux';
import { ifNoiommu, skipsDfOpen } from './noiommu';

const CLOSE_CITE = linuxCitation(
  'drivers/vfio/vfio_main.c',
  'vfio_df_close and vfio_df_device_last_close',
);
const CDEV_UNBIND_CITE = linuxCitation('drivers/vfio/device_cdev.c', 'vfio_df_unbind_iommufd');
const GROUP_CLOSE_CITE = linuxCitation('drivers/vfio/group.c', 'vfio_df_group_close');
const FOPS_RELEASE_CITE = linuxCitation('drivers/vfio/vfio_main.c', 'vfio_device_fops_release');

/** IUNBIND of the device, after IDETACH if it is attached. */
export function unbindSteps(
  { shortterm, resetBlocksGroup }: Linux,
  prefix: string,
  next: string,
): readonly StepSpec[] {
  return unbindDevice({
    shortterm,
    prefix,
    idev: 'device.iommufd_device',
    pointer: 'device.iommufd_device',
    next,
    detach: {
      flag: 'device.iommufd_attached',
      steps: detachDevice({
        resetBlocksGroup,
        hwptAlloc: true,
        prefix,
        idev: 'device.iommufd_device',
        next: `${prefix}IUNBIND.1b`,
      }),
    },
  });
}

/** Container mode: the device no longer uses the container of its group. */
export function uncontainerUseStep(id: string): StepSpec {
  return {
    id,
    title: 'container mode: drop the use of the container and the reference on the group file',
    cite: linuxCitation(
      'drivers/vfio/container.c',
      'vfio_device_container_unregister and vfio_group_unuse_container',
    ),
    ops: [
      warnOn(notOf(lt(1, 'group.container_users')), 'no device used the container'),
      decrement('group.container_users'),
      fput('group.opened_file'),
    ],
  };
}

/** vfio_df_close (CLOSE.3 and CLOSE.4), with dev_set.lock held, on the group path also group_lock. Continues at `next`. */
export function closeDeviceSteps(
  linux: Linux,
  prefix: string,
  path: 'cdev' | 'group',
  next: string,
): readonly StepSpec[] {
  const id = (row: string): string => `${prefix}CLOSE.${row}`;
  return [
    {
      id: id('3'),
      title: 'the last close runs the close op of the driver',
      cite: CLOSE_CITE,
      ops: [
        warnOn(eq('device.open_count', 0), 'the device is not open'),
        ...(skipsDfOpen(linux) ? [] : [branch(eq('device.open_count', 0), [goto(next)])]),
        branch(ne('device.open_count', 1), [goto(id('4'))]),
        driverOp('close_device', { file: 'file' }),
        modelOnly(store('device.driver_open', 0)),
        ...(path === 'group'
          ? [branch(eq('df.iommufd', NULL), [goto(id('3u'))]), ifNoiommu(goto(id('3m')))]
          : []),
      ],
    },
    ...unbindSteps(linux, id('3:'), id('3m')),
    ...(path === 'group' ? [uncontainerUseStep(id('3u'))] : []),
    {
      id: id('3m'),
      title: 'put the driver module',
      cite: CLOSE_CITE,
      ops: [comment('module_put')],
    },
    {
      id: id('4'),
      title: 'decrement open_count',
      cite: CLOSE_CITE,
      ops: [decrement('device.open_count'), goto(next)],
    },
  ];
}

/** After vfio_df_close on the group path: clears the iommufd, puts the KVM with the last close, drops both locks. */
export function finishGroupClose(
  id: string,
  kvm: boolean,
  locks: { readonly id: string; readonly next?: string },
): readonly StepSpec[] {
  return [
    {
      id,
      title: 'clear the iommufd; with the last close, put the KVM; unlock the reset set',
      cite: GROUP_CLOSE_CITE,
      ops: [
        store('df.iommufd', NULL),
        ...(kvm ? [branch(eq('device.open_count', 0), [putKvm])] : []),
        mutexUnlock('dev_set.lock'),
      ],
    },
    {
      id: locks.id,
      title: 'unlock the group',
      cite: GROUP_CLOSE_CITE,
      ops: [
        mutexUnlock('group.group_lock'),
        ...(locks.next === undefined ? [] : [goto(locks.next)]),
      ],
    },
  ];
}

/** CLOSE.7: the registration reference and the device file. */
const freeDeviceFile = (last: readonly Op[]): StepSpec => ({
  id: 'CLOSE.7',
  title: 'put the registration reference (the last one wakes unregister); free the device file',
  ops: [putRegistration, free('df'), ...last],
});

/** CLOSE: f_op->release of a cdev file. */
export function releaseCdev(linux: Linux, kvm: boolean): Routine {
  return {
    name: 'vfio_device_fops_release',
    cite: FOPS_RELEASE_CITE,
    steps: [
      {
        id: 'CLOSE.1',
        title: 'skip the unbind if access is not granted',
        cite: CDEV_UNBIND_CITE,
        ops: [branch(eq('df.access_granted', 0), [goto('CLOSE.7')])],
      },
      {
        id: 'CLOSE.2',
        title: 'lock the reset set',
        cite: CDEV_UNBIND_CITE,
        ops: [mutexLock('dev_set.lock')],
      },
      ...closeDeviceSteps(linux, '', 'cdev', 'CLOSE.5'),
      {
        id: 'CLOSE.5',
        title: kvm
          ? "put the device's KVM and the iommufd of this file"
          : 'put the iommufd of this file',
        cite: CDEV_UNBIND_CITE,
        ops: [...(kvm ? [putKvm] : []), fput('df.iommufd.file'), store('df.iommufd', NULL)],
      },
      {
        id: 'CLOSE.5b',
        title: 'clear cdev_opened, unlock the reset set',
        cite: CDEV_UNBIND_CITE,
        ops: [store('device.cdev_opened', 0), mutexUnlock('dev_set.lock')],
      },
      {
        id: 'CLOSE.6',
        title: 'decrement cdev_device_open_cnt: the group can be opened again',
        cite: linuxCitation('drivers/vfio/group.c', 'vfio_device_unblock_group'),
        ops: [
          mutexLock('group.group_lock'),
          decrement('group.cdev_device_open_cnt'),
          mutexUnlock('group.group_lock'),
        ],
      },
      freeDeviceFile([]),
      {
        id: 'CLOSE.8',
        title: 'put the cdev (VFS)',
        cite: linuxCitation('fs/file_table.c', '__fput'),
        confidence: 'MEM',
        ops: [...putCdev('CLOSE.8:', 'CLOSE.9')],
      },
      ...deviceReleaseSteps('CLOSE.8:', 'CLOSE.9'),
      {
        id: 'CLOSE.9',
        title: 'free the file',
        cite: linuxCitation('fs/file_table.c', '__fput'),
        confidence: 'MEM',
        ops: [ret()],
      },
    ],
  };
}

/** CLOSE of a device fd of the group path: dev_set.lock is taken inside group_lock. */
export function releaseGroupDevice(linux: Linux, kvm: boolean): Routine {
  return {
    name: 'vfio_device_fops_release',
    cite: FOPS_RELEASE_CITE,
    steps: [
      {
        id: 'CLOSE.G1',
        title: 'lock the group',
        cite: GROUP_CLOSE_CITE,
        ops: [mutexLock('group.group_lock')],
      },
      {
        id: 'CLOSE.G2',
        title: 'also lock the reset set',
        cite: GROUP_CLOSE_CITE,
        ops: [mutexLock('dev_set.lock')],
      },
      ...closeDeviceSteps(linux, '', 'group', 'CLOSE.G5'),
      ...finishGroupClose('CLOSE.G5', kvm, { id: 'CLOSE.G6' }),
      freeDeviceFile([ret()]),
    ],
  };
}
