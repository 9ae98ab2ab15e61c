import type { Routine, StepSpec } from '../../kernel/language/design';
import {
  complete,
  eq,
  fail,
  fallible,
  fdInstall,
  free,
  goto,
  idaFree,
  live,
  lookUp,
  mutexLock,
  mutexUnlock,
  ne,
  refDec,
  refInc,
  refIncNotZero,
  ret,
  comment,
  store,
  branch,
} from '../../kernel/language/primitives';
import type { Op } from '../../kernel/language/primitives';
import { failWithoutNode, findDeviceNode } from '../../kernel/language/vfs';
import { REVIEW_MAIL, kernelFacts } from '../shared/citations';
import { KOBJ_LOOKUP } from '../shared/kobjLookup';

/** put_device: the last reference frees the minor and the device. */
export const putDevice: Op = refDec('device.kref', [idaFree('device.minor'), free('device')]);

/** cdev_put: the last kobject reference puts the device. */
export const putCdev: Op = refDec('cdev.kobj', [putDevice]);

/** Drops a registration reference; the last one completes the wait of unregister. */
export const putRegistration: Op = refDec('device.refcount', [complete('device.comp')]);

/** open(2) of a VFIO character device: number to cdev, parked fops, registration reference. Never -EBUSY. */
export const openCdev: Routine = {
  name: 'vfio_device_parked_open',
  cite: `${kernelFacts('Parked fops: open')}; ${REVIEW_MAIL}`,
  steps: [
    {
      id: 'CHR.1',
      title: 'find the node, look up its number, pin the module and the cdev',
      cite: 'fs/namei.c, fs/char_dev.c and drivers/base/map.c, path_openat, chrdev_open and kobj_lookup, v6.6',
      confidence: 'SRC',
      ops: [
        ...findDeviceNode('cdev.node'),
        lookUp('cdev.mapped', KOBJ_LOOKUP, 'device'),
        branch(eq('cdev.mapped', 0), [
          fail('ENXIO', 'no cdev is mapped at this number', { at: 'cdev' }),
        ]),
        fallible('cdev_get', 'ENXIO', 'the driver module is going away', { at: 'cdev' }),
        refInc('cdev.kobj'),
      ],
    },
    {
      id: 'CHR.2',
      title: 'set the file operations of the new file: parked fops',
      cite: 'fs/char_dev.c, chrdev_open, v6.6',
      confidence: 'SRC',
      ops: [
        fallible('fops_get', 'ENXIO', 'the module of the fops is going away', {
          at: 'cdev',
          to: 'CHR.U',
        }),
        comment('file->f_op = parked fops, from cdev->ops'),
      ],
    },
    {
      id: 'OPEN.2',
      title: 'take a registration reference',
      confidence: 'DERIVED',
      ops: [
        refIncNotZero('device.refcount', [
          fail('ENODEV', 'the device is not registered', { at: 'device', to: 'CHR.U' }),
        ]),
      ],
    },
    {
      id: 'OPEN.3',
      title: 'set private_data to the device; open never fails with -EBUSY',
      confidence: 'DERIVED',
      ops: [fdInstall(), ret()],
    },
    {
      id: 'CHR.U',
      title: 'undo: put the cdev',
      cite: 'fs/char_dev.c, cdev_put, v6.6',
      confidence: 'SRC',
      ops: [putCdev, ret()],
    },
  ],
};

/** Group open: the lookup by minor, under the global lock. */
export const groupLookup: StepSpec = {
  id: 'GOPEN.1',
  title: 'find the node and the group of its minor, and take a reference',
  cite: 'drivers/vfio/vfio.c, v5.14',
  confidence: 'SRC',
  ops: [
    mutexLock('vfio.group_lock'),
    branch(
      live('group'),
      [refInc('group.kref')],
      [mutexUnlock('vfio.group_lock'), failWithoutNode],
    ),
    mutexUnlock('vfio.group_lock'),
  ],
};

/** vfio_group_put: takes the global lock for the last reference only (kref_put_mutex). */
export const putGroup: readonly Op[] = [
  branch(
    eq('group.kref', 1),
    [
      mutexLock('vfio.group_lock'),
      refDec('group.kref', [free('group')]),
      mutexUnlock('vfio.group_lock'),
    ],
    [refDec('group.kref')],
  ),
];

/** open(2) of /dev/vfio/$GROUP: no check of the group's cdevs; a conflict shows at the bind. */
export const openGroup: Routine = {
  name: 'vfio_group_fops_open',
  cite: `${kernelFacts('Parked fops: GET_DEVICE_FD')}; ${REVIEW_MAIL}`,
  steps: [
    groupLookup,
    {
      id: 'GOPEN.2',
      title: 'lock the group',
      confidence: 'DERIVED',
      ops: [mutexLock('group.group_lock')],
    },
    {
      id: 'GOPEN.3',
      title: 'check and set opened',
      confidence: 'DERIVED',
      ops: [
        branch(ne('group.opened', 0), [
          mutexUnlock('group.group_lock'),
          fail('EBUSY', 'the group is already open', { at: 'group', to: 'GOPEN.U' }),
        ]),
        store('group.opened', 1),
        mutexUnlock('group.group_lock'),
      ],
    },
    {
      id: 'GOPEN.4',
      title: 'set private_data to the group',
      confidence: 'DERIVED',
      ops: [fdInstall(), ret()],
    },
    {
      id: 'GOPEN.U',
      title: 'undo: put the group',
      confidence: 'DERIVED',
      ops: [...putGroup, goto('GOPEN.V')],
    },
    { id: 'GOPEN.V', title: 'return the error', confidence: 'DERIVED', ops: [ret()] },
  ],
};
