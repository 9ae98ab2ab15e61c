import type { Routine, StepSpec } from '../../kernel/language/design';
import {
  allOf,
  alloc,
  cdevAdd,
  cdevDel,
  eq,
  fallible,
  forEach,
  free,
  goto,
  idaAlloc,
  idaFree,
  increment,
  listAdd,
  listDel,
  live,
  modelLimit,
  modelOnly,
  mutexLock,
  mutexUnlock,
  ne,
  notOf,
  NULL,
  addressOf,
  refDec,
  refInc,
  spin,
  store,
  branch,
  comment,
  waitForCompletion,
  ret,
} from '../../kernel/language/primitives';
import type { Op } from '../../kernel/language/primitives';
import { DRIVER, enterProbe, enterRemove, leaveDriverCore } from '../shared/parentDevice';
import { detachContainerSteps } from './container';
import {
  putDevice,
  putGroupCdev,
  putGroupDevice,
  putRegistration,
  deviceReleaseSteps,
} from './lifetime';
import { linuxCitation } from './citation';
import { ifNoiommu } from './noiommu';

const VFIO_MAIN_C = 'drivers/vfio/vfio_main.c';
const GROUP_C = 'drivers/vfio/group.c';
const ALLOC_CITE = linuxCitation(VFIO_MAIN_C, '_vfio_alloc_device and vfio_init_device');
const SET_GROUP_CITE = linuxCitation(GROUP_C, 'vfio_device_set_group and vfio_group_find_or_alloc');

/** cdev_put while the driver still holds its reference on the device. */
const putCdevOnly: Op = refDec('cdev.kobj', [refDec('device.kref')]);

/** vfio_device_remove_group: with the last device, deletes the group's node and clears its iommu_group. */
function removeGroupSteps(prefix: string, next: string): readonly StepSpec[] {
  const cite = linuxCitation(GROUP_C, 'vfio_device_remove_group');
  const id = (letter: string): string => `${prefix}${letter}`;
  return [
    {
      id: id('a'),
      title: 'decrement drivers; with the last device, lock the list of groups',
      cite,
      ops: [
        branch(
          eq('group.drivers', 1),
          [mutexLock('vfio.group_lock'), refDec('group.drivers')],
          [refDec('group.drivers'), goto(next)],
        ),
      ],
    },
    {
      id: id('b'),
      title: 'cdev_device_del of the group: remove node and number',
      cite,
      ops: [cdevDel('group.mapped'), putGroupCdev],
    },
    {
      id: id('c'),
      title: 'lock the group; skip the detach if it has no container',
      cite,
      ops: [mutexLock('group.group_lock'), branch(eq('group.container', NULL), [goto(id('d'))])],
    },
    ...detachContainerSteps(`${prefix}:`, id('d')),
    {
      id: id('d'),
      title: 'clear iommu_group, unlock the group',
      cite,
      ops: [store('group.iommu_group', NULL), mutexUnlock('group.group_lock')],
    },
    {
      id: id('e'),
      title: 'unlock the list of groups',
      cite,
      ops: [mutexUnlock('vfio.group_lock')],
    },
    {
      id: id('f'),
      title: 'put the group; an open group file keeps it allocated',
      cite,
      ops: [putGroupDevice, goto(next)],
    },
  ];
}

/** REG.8: finds or creates the vfio_group of the device's IOMMU group. */
const setGroupSteps: readonly StepSpec[] = [
  {
    id: 'REG.8a',
    title: 'get the IOMMU group of the device, without a lock',
    cite: SET_GROUP_CITE,
    ops: [
      fallible('iommu_group_get', 'EINVAL', 'the device has no IOMMU group', {
        at: 'device',
        to: 'REG.U4',
      }),
    ],
  },
  {
    id: 'REG.8',
    title: 'lock the list of groups; find the group of the device',
    cite: SET_GROUP_CITE,
    ops: [
      mutexLock('vfio.group_lock'),
      // A group without devices is off the list, even if an old file still holds it.
      forEach('group', 'group', 'listed', [
        branch(live('listed'), [
          branch(ne('listed.drivers', 0), [
            store('device.group', addressOf('listed')),
            goto('REG.8b'),
          ]),
        ]),
      ]),
      goto('REG.8c'),
    ],
  },
  {
    id: 'REG.8b',
    title: 'the group exists: increment drivers',
    cite: SET_GROUP_CITE,
    ops: [
      mutexLock('group.device_lock'),
      refInc('group.drivers'),
      mutexUnlock('group.device_lock'),
      goto('REG.8e'),
    ],
  },
  {
    id: 'REG.8c',
    title: 'create the group; an old one that a file holds stays as it is',
    cite: SET_GROUP_CITE,
    ops: [
      modelOnly(
        forEach('group', 'group', 'unused', [
          branch(allOf(eq('device.group', NULL), notOf(live('unused'))), [
            store('device.group', addressOf('unused')),
          ]),
        ]),
      ),
      branch(eq('device.group', NULL), [
        modelLimit('files hold two vfio_groups of this IOMMU group, and the model keeps two', {
          at: 'device',
          to: 'REG.U8',
        }),
      ]),
      fallible('vfio_group_alloc', 'ENOMEM', 'no memory or no minor', {
        at: 'device',
        to: 'REG.U8',
      }),
      alloc('group'),
      idaAlloc('group.minor'),
      store('group.kref', 1),
      store('group.kobj', 1),
      store('group.drivers', 1),
      store('group.iommu_group', addressOf('iommu_group')),
    ],
  },
  {
    id: 'REG.8d',
    title: 'cdev_device_add of the group: /dev/vfio/$GROUP is live',
    cite: SET_GROUP_CITE,
    ops: [refInc('group.kref'), cdevAdd('group.mapped')],
  },
  {
    id: 'REG.8e',
    title: 'unlock the list of groups; put the IOMMU group',
    cite: SET_GROUP_CITE,
    ops: [
      mutexUnlock('vfio.group_lock'),
      comment('iommu_group_put: the vfio_group has its own reference'),
    ],
  },
];

/** REG: probe of the driver up to a registered device. */
export const registerDevice: Routine = {
  name: '__vfio_register_dev',
  cite: linuxCitation(VFIO_MAIN_C, '__vfio_register_dev'),
  steps: [
    ...enterProbe('REG.0'),
    {
      id: 'REG.1',
      title: 'the driver allocates its structure',
      cite: ALLOC_CITE,
      ops: [
        branch(live('device'), [
          modelLimit(
            'the old vfio_device is still referenced, and the model keeps one per device',
            {
              at: 'device',
              to: 'REG.U0',
            },
          ),
        ]),
        fallible('kvzalloc', 'ENOMEM', 'no memory', { at: 'parent', to: 'REG.U0' }),
        alloc('device'),
      ],
    },
    {
      id: 'REG.2',
      title: 'take the lowest free index',
      cite: ALLOC_CITE,
      ops: [
        fallible('ida_alloc_max', 'ENOSPC', 'no index is left', { at: 'device', to: 'REG.U1' }),
        idaAlloc('device.index'),
      ],
    },
    {
      id: 'REG.3',
      title: 'initialise the completion; run the init op of the driver',
      cite: ALLOC_CITE,
      ops: [
        fallible('init', 'EIO', 'the init op fails', { at: 'device', to: 'REG.U2' }),
        store('device.comp', 0),
      ],
    },
    {
      id: 'REG.4',
      title: 'device_initialize: one reference',
      cite: ALLOC_CITE,
      ops: [store('device.kref', 1)],
    },
    {
      id: 'REG.5',
      title: 'find or create the reset set',
      cite: linuxCitation(VFIO_MAIN_C, 'vfio_assign_device_set'),
      ops: [
        spin(
          'vfio_device_set_xa.xa_lock',
          branch(
            live('dev_set'),
            [increment('dev_set.device_count')],
            [alloc('dev_set'), store('dev_set.device_count', 1)],
          ),
        ),
      ],
    },
    {
      id: 'REG.5b',
      title: 'add the device to the reset set',
      cite: linuxCitation(VFIO_MAIN_C, 'vfio_assign_device_set'),
      ops: [
        mutexLock('dev_set.lock'),
        listAdd('device.dev_set_list', 'dev_set->device_list'),
        mutexUnlock('dev_set.lock'),
      ],
    },
    {
      id: 'REG.6',
      title: 'check that the driver has the iommufd ops',
      ops: [
        fallible('check', 'EINVAL', 'the driver lacks bind, unbind, attach or detach', {
          at: 'device',
          to: 'REG.U4',
        }),
      ],
    },
    {
      id: 'REG.7',
      title: 'set the name to vfio and the index',
      ops: [fallible('dev_set_name', 'ENOMEM', 'no memory', { at: 'device', to: 'REG.U4' })],
    },
    ...setGroupSteps,
    {
      id: 'REG.9',
      title: 'check that the IOMMU enforces cache coherency',
      ops: [
        fallible('device_iommu_capable', 'EINVAL', 'no cache coherency', {
          at: 'device',
          to: 'REG.U9a',
        }),
      ],
    },
    {
      id: 'REG.10',
      title: 'cdev_add: the number is live',
      cite: linuxCitation(VFIO_MAIN_C, 'vfio_device_add'),
      ops: [
        ifNoiommu(comment('no cdev without an IOMMU'), goto('REG.10b')),
        store('cdev.kobj', 1),
        refInc('device.kref'),
        cdevAdd('cdev.mapped', 'cdev_add'),
      ],
    },
    {
      id: 'REG.10b',
      title: 'device_add: sysfs entry, node, uevent',
      cite: linuxCitation(VFIO_MAIN_C, 'vfio_device_add'),
      ops: [
        fallible('device_add', 'ENOMEM', 'sysfs returns an error', { at: 'device', to: 'REG.U10' }),
        ifNoiommu(goto('REG.11')),
        cdevAdd('cdev.node', 'devtmpfs_create_node'),
      ],
    },
    {
      id: 'REG.11',
      title: 'registration reference: opens succeed from here',
      ops: [store('device.refcount', 1), store('device.registered', 1)],
    },
    {
      id: 'REG.12',
      title: 'add to the device list of the group: GET_DEVICE_FD finds the device',
      cite: linuxCitation(GROUP_C, 'vfio_device_group_register'),
      ops: [
        mutexLock('group.device_lock'),
        listAdd('device.group_next', 'group->device_list'),
        mutexUnlock('group.device_lock'),
      ],
    },
    leaveDriverCore('REG.13', DRIVER.vfio),
    {
      id: 'REG.U10',
      title: 'undo: remove the number; a file opened meanwhile keeps the cdev',
      ops: [ifNoiommu(goto('REG.U9a')), cdevDel('cdev.mapped', 'cdev_del'), putCdevOnly],
    },
    ...removeGroupSteps('REG.U9', 'REG.U4'),
    {
      id: 'REG.U8',
      title: 'undo: unlock the list of groups',
      cite: SET_GROUP_CITE,
      ops: [mutexUnlock('vfio.group_lock')],
    },
    {
      id: 'REG.U4',
      title: 'undo: the driver puts the device',
      cite: ALLOC_CITE,
      ops: [...putDevice('REG.U4:', 'REG.U0')],
    },
    ...deviceReleaseSteps('REG.U4:', 'REG.U0'),
    {
      id: 'REG.U2',
      title: 'undo: free the index',
      cite: ALLOC_CITE,
      ops: [idaFree('device.index')],
    },
    { id: 'REG.U1', title: 'undo: free the structure', cite: ALLOC_CITE, ops: [free('device')] },
    {
      id: 'REG.U0',
      title: 'probe fails: unlock the bus device',
      cite: linuxCitation('drivers/base/dd.c', 'really_probe'),
      confidence: 'MEM',
      ops: [mutexUnlock('parent.mutex'), ret()],
    },
  ],
};

/** UNREG: removes the device from all lookups, then waits for its users, then puts it. */
export const unregisterDevice: Routine = {
  name: 'vfio_unregister_group_dev',
  cite: linuxCitation(VFIO_MAIN_C, 'vfio_unregister_group_dev'),
  steps: [
    ...enterRemove('UNREG.0'),
    {
      id: 'UNREG.1',
      title: 'remove from the device list of the group: GET_DEVICE_FD no longer finds it',
      cite: linuxCitation(GROUP_C, 'vfio_device_group_unregister'),
      ops: [
        mutexLock('group.device_lock'),
        listDel('device.group_next', 'group->device_list'),
        mutexUnlock('group.device_lock'),
      ],
    },
    {
      id: 'UNREG.2',
      title: 'cdev_device_del: remove node and number, no new cdev open',
      cite: linuxCitation(VFIO_MAIN_C, 'vfio_device_del'),
      ops: [
        ifNoiommu(goto('UNREG.3')),
        cdevDel('cdev.node', 'device_del'),
        cdevDel('cdev.mapped', 'cdev_del'),
        putCdevOnly,
      ],
    },
    {
      id: 'UNREG.3',
      title: "put the registration's own reference",
      ops: [store('device.registered', 0), putRegistration],
    },
    {
      id: 'UNREG.4',
      title: 'wait for the last user; every 10 s the request op asks user space to close',
      ops: [waitForCompletion('device.comp')],
    },
    ...removeGroupSteps('UNREG.5', 'UNREG.6'),
    {
      id: 'UNREG.6',
      title: 'the driver puts the device',
      cite: linuxCitation(VFIO_MAIN_C, 'vfio_put_device'),
      ops: [...putDevice('UNREG.6:', 'UNREG.7')],
    },
    ...deviceReleaseSteps('UNREG.6:', 'UNREG.7'),
    leaveDriverCore('UNREG.7', DRIVER.none),
  ],
};
