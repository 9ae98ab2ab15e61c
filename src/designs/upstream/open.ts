import type { Routine, StepSpec } from '../../kernel/design';
import {
  alloc,
  eq,
  fail,
  fallible,
  fdInstall,
  fput,
  goto,
  live,
  mutexLock,
  mutexUnlock,
  ne,
  NULL,
  ref,
  refInc,
  refIncNotZero,
  ret,
  say,
  spin,
  store,
  test,
} from '../../kernel/primitives';
import type { Op } from '../../kernel/primitives';
import { detachContainer } from './container';
import { putCdev, putGroupCdev, putRegistration, releaseMemory } from './lifetime';
import { linux } from './source';

const CHR = linux('fs/char_dev.c', 'chrdev_open', '1.1');
const GROUP_OPEN = linux('drivers/vfio/group.c', 'vfio_group_fops_open', '5.9');
const GROUP_RELEASE = linux('drivers/vfio/group.c', 'vfio_group_fops_release', '5.9');

/** CHR.OPEN up to the file's f_op: from the device number to a pinned cdev. */
function chrdevOpen(at: 'cdev' | 'group', fops: string): readonly StepSpec[] {
  const unmapped = fail('ENXIO', 'no cdev is mapped at this number', { at });
  return [
    {
      id: 'CHR.1',
      title: 'look the number up, pin module and cdev',
      cite: CHR,
      ops: [
        // The map is what is read; where its entry is gone there is no object to look at.
        spin('cdev_lock', test(live(at), [test(eq(`${at}.mapped`, 0), [unmapped])], [unmapped])),
        fallible('cdev_get', 'ENXIO', 'the module is going away', { at }),
        refInc(`${at}.kobj`),
      ],
    },
    {
      id: 'CHR.2',
      title: 'give the new file the fops of the cdev',
      cite: CHR,
      ops: [
        fallible('fops_get', 'ENXIO', 'the module of the fops is going away', { at, to: 'CHR.U' }),
        say(`file->f_op = ${fops}, for the life of the file`),
      ],
    },
  ];
}

/** OPEN: open(2) of /dev/vfio/devices/vfioX. It pins the device and gives no access. */
export const openCdev: Routine = {
  name: 'vfio_device_fops_cdev_open',
  cite: linux('drivers/vfio/device_cdev.c', 'vfio_device_fops_cdev_open', '5.4'),
  steps: [
    ...chrdevOpen('cdev', 'vfio_device_fops'),
    {
      id: 'OPEN.2',
      title: 'take a registration reference',
      ops: [
        refIncNotZero('device.refcount', [
          fail('ENODEV', 'the device is not registered', { at: 'device', to: 'CHR.U' }),
        ]),
      ],
    },
    {
      id: 'OPEN.3',
      title: 'allocate the device file, its access gate shut',
      ops: [
        fallible('vfio_allocate_device_file', 'ENOMEM', 'no memory', {
          at: 'device',
          to: 'OPEN.U2',
        }),
        alloc('df'),
      ],
    },
    {
      id: 'OPEN.4',
      title: 'private_data is the device file; install the fd',
      ops: [fdInstall(), ret()],
    },
    { id: 'OPEN.U2', title: 'undo: put the registration reference', ops: [putRegistration] },
    { id: 'CHR.U', title: 'undo: put the cdev', cite: CHR, ops: [...putCdev('CHR.U:', 'CHR.V')] },
    ...releaseMemory('CHR.U:', 'CHR.V'),
    { id: 'CHR.V', title: 'return the error', cite: CHR, ops: [ret()] },
  ],
};

const refuse = (errno: 'ENODEV' | 'EPERM' | 'EBUSY', why: string): Op =>
  fail(errno, why, { at: 'group', to: 'GOPEN.U' });

/** GOPEN: open(2) of /dev/vfio/$GROUP: one opener, and none while a cdev of the group is bound or being bound. */
export const openGroup: Routine = {
  name: 'vfio_group_fops_open',
  cite: GROUP_OPEN,
  steps: [
    ...chrdevOpen('group', 'vfio_group_fops'),
    {
      id: 'GOPEN.1',
      title: 'lock the group; does it still have devices?',
      ops: [
        mutexLock('group.group_lock'),
        test(eq('group.drivers', 0), [refuse('ENODEV', 'the last device is being removed')]),
      ],
    },
    {
      id: 'GOPEN.2',
      title: 'is a cdev of the group bound, or being bound?',
      ops: [
        test(ne('group.cdev_device_open_cnt', 0), [
          refuse('EBUSY', 'a cdev of the group is bound, or a bind is under way'),
        ]),
      ],
    },
    {
      id: 'GOPEN.3',
      title: 'is the group open already?',
      ops: [test(ne('group.opened_file', NULL), [refuse('EBUSY', 'the group has one opener')])],
    },
    {
      id: 'GOPEN.4',
      title: 'record the file as the opener',
      ops: [store('group.opened_file', ref('file')), mutexUnlock('group.group_lock')],
    },
    {
      id: 'GOPEN.5',
      title: 'private_data is the group; install the fd',
      ops: [fdInstall(), ret()],
    },
    { id: 'GOPEN.U', title: 'undo: unlock the group', ops: [mutexUnlock('group.group_lock')] },
    { id: 'CHR.U', title: 'undo: put the cdev', cite: CHR, ops: [putGroupCdev, ret()] },
  ],
};

/** GRELEASE: f_op->release of a group file. */
export function releaseGroup(kvm: boolean): Routine {
  return {
    name: 'vfio_group_fops_release',
    cite: GROUP_RELEASE,
    steps: [
      {
        id: 'GRELEASE.1',
        title: 'lock the group; is it in a container?',
        ops: [
          mutexLock('group.group_lock'),
          test(eq('group.container', NULL), [goto('GRELEASE.3')]),
        ],
      },
      ...detachContainer('GRELEASE.2:', 'GRELEASE.3'),
      {
        id: 'GRELEASE.3',
        title: 'put the iommufd, if one is set',
        ops: [
          test(ne('group.iommufd', NULL), [
            fput('group.iommufd.file'),
            store('group.iommufd', NULL),
          ]),
        ],
      },
      {
        id: 'GRELEASE.4',
        title: 'nobody has the group open',
        ops: [
          store('group.opened_file', NULL),
          ...(kvm
            ? [store('group.kvm', NULL), say('KVM lets go of a group file before its last close')]
            : []),
          mutexUnlock('group.group_lock'),
        ],
      },
      {
        id: 'GRELEASE.5',
        title: 'the VFS puts the cdev',
        cite: linux('fs/file_table.c', '__fput', '1.1'),
        confidence: 'MEM',
        ops: [putGroupCdev, ret()],
      },
    ],
  };
}
