import type { Routine, StepSpec } from '../../kernel/language/design';
import {
  cmpxchg,
  complete,
  decrement,
  eq,
  fail,
  fallible,
  fdInstall,
  forEach,
  increment,
  live,
  lookUp,
  modelLimit,
  mutexLock,
  mutexUnlock,
  ne,
  NULL,
  refDec,
  refInc,
  refIncNotZero,
  ret,
  comment,
  staticBranch,
  store,
  branch,
} from '../../kernel/language/primitives';
import type { Op } from '../../kernel/language/primitives';
import { failWithoutNode } from '../../kernel/language/vfs';
import { groupLookup, putGroup } from '../parked-shim/open';
import { rfcPatch } from '../shared/citations';
import { KOBJ_LOOKUP } from '../shared/kobjLookup';
import { pciOpenSteps } from './vfioPci';

const CITE = `drivers/vfio/vfio.c, vfio_device_fops_open; ${rfcPatch(2)}`;
const CHRDEV_OPEN_CITE = 'fs/namei.c and fs/char_dev.c, path_openat and chrdev_open, v5.14';

/** vfio_device_put: the last registration reference completes the wait of unregister. */
export const putDevice: Op = refDec('device.refcount', [complete('device.comp')]);

/** vfio_group_try_open: one group file, or any number of device files of the group, never both. */
function tryOpenGroup(by: 'group' | 'device', to: string): readonly Op[] {
  const busy = (why: string): readonly Op[] => [
    mutexUnlock('group.opened_lock'),
    fail('EBUSY', why, { at: 'group', to }),
  ];
  const first: readonly Op[] = [
    branch(
      ne('group.container', NULL),
      busy('a device fd of an earlier session uses the container'),
    ),
    store('group.opened', 1),
    store('group.opened_by_nongroup_dev', by === 'device' ? 1 : 0),
  ];
  return [
    mutexLock('group.opened_lock'),
    by === 'group'
      ? branch(ne('group.opened', 0), busy('the group is already open'), first)
      : branch(
          ne('group.opened', 0),
          [
            branch(
              eq('group.opened_by_nongroup_dev', 1),
              [increment('group.opened')],
              busy('the group is open through its own file'),
            ),
          ],
          first,
        ),
    mutexUnlock('group.opened_lock'),
  ];
}

/** Decrements `opened`. */
export const dropGroupOpen: readonly Op[] = [
  mutexLock('group.opened_lock'),
  decrement('group.opened'),
  mutexUnlock('group.opened_lock'),
];

/** If a device has no node, its path can lead to a device of the same name on another bus. */
const nodeOfAnother: readonly Op[] = [
  forEach('device', 'devName', 'other', [
    branch(live('other'), [
      branch(eq('other.node', 1), [
        modelLimit('the node of this name is that of another device, which the open would reach', {
          at: 'other',
        }),
      ]),
    ]),
  ]),
  failWithoutNode,
];

/** open(2) of /dev/vfio/devices/$NAME. */
export const openCdev: Routine = {
  name: 'vfio_device_fops_open',
  cite: CITE,
  steps: [
    {
      id: 'CHR.1',
      title: 'find the node, look up its number: one cdev for all minors',
      cite: 'fs/namei.c, fs/char_dev.c and drivers/base/map.c, path_openat, chrdev_open and kobj_lookup, v5.14',
      ops: [
        staticBranch(
          'stale-node',
          [],
          [branch(live('device'), [branch(eq('device.node', 0), nodeOfAnother)], nodeOfAnother)],
        ),
        lookUp('cdev.mapped', KOBJ_LOOKUP),
        branch(eq('cdev.mapped', 0), [
          fail('ENXIO', 'no cdev is mapped at this number', { at: 'cdev' }),
        ]),
        refInc('cdev.kobj'),
      ],
    },
    {
      id: 'CHR.2',
      title: 'set the file operations of the new file: normal fops at once',
      cite: CHRDEV_OPEN_CITE,
      ops: [comment('file->f_op = vfio_device_fops, from cdev->ops')],
    },
    {
      id: 'OPEN.1',
      title: 'find the device by its minor and take a registration reference',
      ops: [
        mutexLock('vfio.device_lock'),
        lookUp('device.minor', 'device = idr_find(&vfio.device_idr, minor)', 'device'),
        branch(
          live('device'),
          [
            branch(eq('device.minor', 0), failUnregistered()),
            refIncNotZero('device.refcount', failUnregistered()),
          ],
          failUnregistered(),
        ),
        mutexUnlock('vfio.device_lock'),
      ],
    },
    {
      id: 'OPEN.2',
      title: 'find the group by its pointer and take a reference',
      ops: [mutexLock('vfio.group_lock'), refInc('group.kref'), mutexUnlock('vfio.group_lock')],
    },
    {
      id: 'OPEN.3',
      title: 'count the group as opened through a device, unless a group file is open',
      ops: tryOpenGroup('device', 'OPEN.U3'),
    },
    {
      id: 'OPEN.4',
      title: 'cmpxchg device.opened from 0 to 1',
      ops: [
        cmpxchg('device.opened', 0, 1, [
          fail('EBUSY', 'the device is already open', { at: 'device', to: 'OPEN.U4' }),
        ]),
      ],
    },
    {
      id: 'OPEN.5',
      title: 'pin the driver module',
      ops: [
        fallible('try_module_get', 'ENODEV', 'the driver module is going away', {
          at: 'device',
          to: 'OPEN.U5',
        }),
      ],
    },
    ...pciOpenSteps('OPEN.6', 'OPEN.U6'),
    {
      id: 'OPEN.7',
      title: 'set private_data to the device; put the group',
      ops: [...putGroup, fdInstall(), ret()],
    },
    { id: 'OPEN.U6', title: 'undo: put the driver module', ops: [comment('module_put')] },
    { id: 'OPEN.U5', title: 'undo: decrement device.opened', ops: [decrement('device.opened')] },
    { id: 'OPEN.U4', title: 'undo: decrement group.opened', ops: [...dropGroupOpen] },
    { id: 'OPEN.U3', title: 'undo: put the group', ops: [...putGroup] },
    { id: 'OPEN.U1', title: 'undo: put the registration reference', ops: [putDevice] },
    {
      id: 'CHR.U',
      title: 'undo: put the cdev',
      cite: 'fs/char_dev.c, cdev_put, v5.14',
      ops: [refDec('cdev.kobj'), ret()],
    },
  ],
};

function failUnregistered(): readonly Op[] {
  return [
    mutexUnlock('vfio.device_lock'),
    fail('ENODEV', 'no registered device has this minor', { at: 'device', to: 'CHR.U' }),
  ];
}

const openGroupStep: StepSpec = {
  id: 'GOPEN.3',
  title: 'mark the group as open, unless it is open or still has a container',
  ops: tryOpenGroup('group', 'GOPEN.U'),
};

/** open(2) of /dev/vfio/$GROUP. */
export const openGroup: Routine = {
  name: 'vfio_group_fops_open',
  cite: `drivers/vfio/vfio.c, vfio_group_fops_open and vfio_group_try_open; ${rfcPatch(2)}`,
  steps: [
    groupLookup,
    {
      id: 'GOPEN.2',
      title: 'check the capability for a noiommu group',
      ops: [
        fallible('noiommu && !capable', 'EPERM', 'CAP_SYS_RAWIO is missing', {
          at: 'group',
          to: 'GOPEN.U',
        }),
      ],
    },
    openGroupStep,
    { id: 'GOPEN.4', title: 'set private_data to the group', ops: [fdInstall(), ret()] },
    { id: 'GOPEN.U', title: 'undo: put the group', ops: [...putGroup, ret()] },
  ],
};
