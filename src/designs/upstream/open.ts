import type { Routine, StepSpec } from '../../kernel/language/design';
import {
  alloc,
  eq,
  fail,
  fallible,
  fdInstall,
  forEach,
  fput,
  goto,
  live,
  lookUp,
  modelOnly,
  mutexLock,
  mutexUnlock,
  ne,
  NULL,
  addressOf,
  refInc,
  refIncNotZero,
  ret,
  comment,
  store,
  branch,
} from '../../kernel/language/primitives';
import type { Op } from '../../kernel/language/primitives';
import { failWithoutNode, findDeviceNode } from '../../kernel/language/vfs';
import { detachContainerSteps } from './container';
import { putCdev, putGroupCdev, putRegistration, deviceReleaseSteps } from './lifetime';
import { KOBJ_LOOKUP } from '../shared/kobjLookup';
import { linuxCitation } from './citation';
import { checkRawIo, ifNoiommu } from './noiommu';

const CHRDEV_OPEN_CITE = linuxCitation(
  'fs/namei.c and fs/char_dev.c',
  'path_openat and chrdev_open',
);
const CHRDEV_LOOKUP_CITE = linuxCitation(
  'fs/namei.c, fs/char_dev.c and drivers/base/map.c',
  'path_openat, chrdev_open, exact_lock and kobj_lookup',
);
const GROUP_OPEN_CITE = linuxCitation('drivers/vfio/group.c', 'vfio_group_fops_open');
const GROUP_RELEASE_CITE = linuxCitation('drivers/vfio/group.c', 'vfio_group_fops_release');

/** chrdev_open: finds and pins the cdev of a device number and sets the file's f_op. */
function chrdevOpenSteps(at: 'cdev' | 'group', fops: string): readonly StepSpec[] {
  const unmapped = fail('ENXIO', 'no cdev is mapped at this number', { at });
  return [
    {
      id: 'CHR.1',
      title: 'find the node, look up its number, pin the module and the cdev',
      cite: CHRDEV_LOOKUP_CITE,
      ops: [
        ...(at === 'cdev'
          ? findDeviceNode('cdev.node')
          : // The node of a group goes with its number.
            [
              modelOnly(
                forEach('group', 'group', 'named', [
                  branch(live('named'), [
                    branch(eq('named.mapped', 1), [store('file.private_data', addressOf('named'))]),
                  ]),
                ]),
              ),
              branch(
                live('group'),
                [branch(eq('group.mapped', 0), [failWithoutNode])],
                [failWithoutNode],
              ),
            ]),
        // The lookup reads the cdev map, so a freed object is not an access to it.
        lookUp(`${at}.mapped`, KOBJ_LOOKUP, at === 'cdev' ? 'device' : 'group'),
        branch(live(at), [branch(eq(`${at}.mapped`, 0), [unmapped])], [unmapped]),
        fallible('cdev_get', 'ENXIO', 'the module is going away', { at }),
        refInc(`${at}.kobj`),
      ],
    },
    {
      id: 'CHR.2',
      title: 'set the file operations of the new file',
      cite: CHRDEV_OPEN_CITE,
      ops: [
        fallible('fops_get', 'ENXIO', 'the module of the fops is going away', { at, to: 'CHR.U' }),
        comment(`file->f_op = ${fops}, until the last close`),
      ],
    },
  ];
}

/** OPEN: open(2) of /dev/vfio/devices/vfioX. It pins the device and gives no access. */
export const openCdev: Routine = {
  name: 'vfio_device_fops_cdev_open',
  cite: linuxCitation('drivers/vfio/device_cdev.c', 'vfio_device_fops_cdev_open'),
  steps: [
    ...chrdevOpenSteps('cdev', 'vfio_device_fops'),
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
      title: 'allocate the device file; access is not granted',
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
      title: 'set private_data to the device file; install the fd',
      ops: [fdInstall(), ret()],
    },
    { id: 'OPEN.U2', title: 'undo: put the registration reference', ops: [putRegistration] },
    {
      id: 'CHR.U',
      title: 'undo: put the cdev',
      cite: CHRDEV_OPEN_CITE,
      ops: [...putCdev('CHR.U:', 'CHR.V')],
    },
    ...deviceReleaseSteps('CHR.U:', 'CHR.V'),
    { id: 'CHR.V', title: 'return the error', cite: CHRDEV_OPEN_CITE, ops: [ret()] },
  ],
};

const refuseOpen = (errno: 'ENODEV' | 'EPERM' | 'EBUSY', why: string): Op =>
  fail(errno, why, { at: 'group', to: 'GOPEN.U' });

/** GOPEN: open(2) of /dev/vfio/$GROUP: one opener, and none while a cdev of the group is bound or being bound. */
export const openGroup: Routine = {
  name: 'vfio_group_fops_open',
  cite: GROUP_OPEN_CITE,
  steps: [
    ...chrdevOpenSteps('group', 'vfio_group_fops'),
    {
      id: 'GOPEN.1',
      title: 'lock the group and check that it still has devices',
      ops: [
        mutexLock('group.group_lock'),
        branch(eq('group.drivers', 0), [refuseOpen('ENODEV', 'the last device is being removed')]),
        ifNoiommu(checkRawIo('group', 'GOPEN.U')),
      ],
    },
    {
      id: 'GOPEN.2',
      title: 'check that no cdev of the group is bound or being bound',
      ops: [
        branch(ne('group.cdev_device_open_cnt', 0), [
          refuseOpen('EBUSY', 'a cdev of the group is bound or being bound'),
        ]),
      ],
    },
    {
      id: 'GOPEN.3',
      title: 'check that no other group file is open',
      ops: [
        branch(ne('group.opened_file', NULL), [refuseOpen('EBUSY', 'the group is already open')]),
      ],
    },
    {
      id: 'GOPEN.4',
      title: 'record the file as the opener',
      ops: [store('group.opened_file', addressOf('file')), mutexUnlock('group.group_lock')],
    },
    {
      id: 'GOPEN.5',
      title: 'set private_data to the group; install the fd',
      ops: [fdInstall(), ret()],
    },
    { id: 'GOPEN.U', title: 'undo: unlock the group', ops: [mutexUnlock('group.group_lock')] },
    {
      id: 'CHR.U',
      title: 'undo: put the cdev',
      cite: CHRDEV_OPEN_CITE,
      ops: [putGroupCdev, ret()],
    },
  ],
};

/** GRELEASE: f_op->release of a group file. */
export const releaseGroup: Routine = {
  name: 'vfio_group_fops_release',
  cite: GROUP_RELEASE_CITE,
  steps: [
    {
      id: 'GRELEASE.1',
      title: 'lock the group; skip the detach if it has no container',
      ops: [
        mutexLock('group.group_lock'),
        branch(eq('group.container', NULL), [goto('GRELEASE.3')]),
      ],
    },
    ...detachContainerSteps('GRELEASE.2:', 'GRELEASE.3'),
    {
      id: 'GRELEASE.3',
      title: 'put the iommufd, if set',
      ops: [
        branch(ne('group.iommufd', NULL), [
          fput('group.iommufd.file'),
          store('group.iommufd', NULL),
        ]),
      ],
    },
    {
      id: 'GRELEASE.4',
      title: 'clear opened_file',
      ops: [store('group.opened_file', NULL), mutexUnlock('group.group_lock')],
    },
    {
      id: 'GRELEASE.5',
      title: 'put the cdev (VFS)',
      cite: linuxCitation('fs/file_table.c', '__fput'),
      confidence: 'MEM',
      ops: [putGroupCdev, ret()],
    },
  ],
};
