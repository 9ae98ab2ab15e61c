import type { Routine, StepSpec } from '../../kernel/language/design';
import {
  allOf,
  alloc,
  cdevAdd,
  cdevDel,
  decrement,
  eq,
  fail,
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
  mutexLock,
  mutexUnlock,
  ne,
  NULL,
  refInc,
  ret,
  comment,
  store,
  branch,
  waitForCompletion,
} from '../../kernel/language/primitives';
import type { Op } from '../../kernel/language/primitives';
import { DRIVER, enterProbe, enterRemove, leaveDriverCore } from '../shared/parentDevice';
import { putGroup } from '../parked-shim/open';
import { rfcPatch } from '../shared/citations';
import { putDevice } from './open';

const REGISTER_CITE = `drivers/vfio/vfio.c, vfio_register_device; ${rfcPatch(3)}`;
const UNREGISTER_CITE = `drivers/vfio/vfio.c, vfio_unregister_device; ${rfcPatch(3)}`;
const DEVICE_LIST = 'vfio.device_list';
const GROUP_DEVICE_LIST = 'group->device_list';

/** A failure with vfio.device_lock held; the group registration must be undone. */
const failRegister = (errno: 'EBUSY' | 'EEXIST', why: string, to: string): readonly Op[] => [
  fail(errno, why, { at: 'device', to }),
];

/** Probe: vfio_register_device with both flags: group registration, then device node. */
export const registerDevice: Routine = {
  name: 'vfio_register_device',
  cite: REGISTER_CITE,
  steps: [
    ...enterProbe('REG.0'),
    {
      id: 'REG.1',
      title: 'the driver allocates its structure: no minor, not open',
      ops: [
        fallible('kzalloc', 'ENOMEM', 'no memory', { at: 'parent', to: 'REG.U0' }),
        alloc('device'),
        alloc('pci'),
      ],
    },
    {
      id: 'REG.2',
      title: 'check the flags: group and, if the IOMMU enforces snooping, device node',
      ops: [
        fallible('unknown flags', 'EINVAL', 'unknown flags', {
          at: 'device',
          to: 'REG.U1',
        }),
      ],
    },
    {
      id: 'REG.3',
      title: 'get the IOMMU group of the device, without a lock',
      ops: [
        fallible('iommu_group_get', 'EINVAL', 'the device has no IOMMU group', {
          at: 'device',
          to: 'REG.U1',
        }),
      ],
    },
    {
      id: 'REG.3a',
      title: 'find or create the group',
      ops: [
        mutexLock('vfio.group_lock'),
        branch(live('group'), [], [alloc('group')]),
        refInc('group.kref'),
        mutexUnlock('vfio.group_lock'),
        comment(
          '-EBUSY if the device is already in the group: not reachable, the driver core binds one driver at a time',
        ),
      ],
    },
    {
      id: 'REG.3b',
      title: 'check that refcount is zero',
      ops: [branch(ne('device.refcount', 0), [goto('REG.3d')])],
    },
    {
      id: 'REG.3c',
      title: 'set the registration reference',
      ops: [store('device.refcount', 1), store('device.registered', 1)],
    },
    {
      id: 'REG.3d',
      title: 'add to the group: GET_DEVICE_FD finds the device from here',
      ops: [
        mutexLock('group.device_lock'),
        listAdd('device.group_next', GROUP_DEVICE_LIST),
        increment('group.dev_counter'),
        mutexUnlock('group.device_lock'),
      ],
    },
    {
      id: 'REG.4a',
      title: 'lock the device list and check that the device is not in it',
      ops: [
        mutexLock('vfio.device_lock'),
        branch(
          ne('device.vfio_next', 0),
          failRegister('EBUSY', 'the device is already registered', 'REG.U4a'),
        ),
      ],
    },
    {
      id: 'REG.4b',
      title: 'take the lowest free minor in the idr',
      ops: [
        fallible('idr_alloc', 'ENOSPC', 'no minor is left', { at: 'device', to: 'REG.U4a' }),
        idaAlloc('device.minor'),
      ],
    },
    {
      id: 'REG.4c',
      title: "device_create under the parent's name, which is unique on one bus only",
      ops: [
        forEach('device', 'devName', 'other', [
          branch(live('other'), [
            branch(
              eq('other.node', 1),
              failRegister('EEXIST', 'a device of another bus has this name', 'REG.U4b'),
            ),
          ]),
        ]),
        fallible('device_create', 'ENOMEM', 'sysfs returns an error', {
          at: 'device',
          to: 'REG.U4b',
        }),
        cdevAdd('device.node', 'device_create'),
      ],
    },
    {
      id: 'REG.4d',
      title: 'add to the device list, unlock',
      ops: [
        branch(eq('device.refcount', 0), [store('device.refcount', 1)]),
        listAdd('device.vfio_next', DEVICE_LIST),
        mutexUnlock('vfio.device_lock'),
      ],
    },
    leaveDriverCore('REG.6', DRIVER.vfio),
    { id: 'REG.U4b', title: 'undo: free the minor', ops: [idaFree('device.minor')] },
    {
      id: 'REG.U4a',
      title: 'undo: unlock the device list',
      ops: [mutexUnlock('vfio.device_lock')],
    },
    ...unregisterSteps('REG.5:', 'REG.U1'),
    { id: 'REG.U1', title: 'undo: free the structure', ops: [free('pci'), free('device')] },
    {
      id: 'REG.U0',
      title: 'probe fails: unlock the bus device',
      ops: [mutexUnlock('parent.mutex'), ret()],
    },
  ],
};

/** Remove: waits for the users first; node, idr entry and list entry are removed afterwards. */
export const unregisterDevice: Routine = {
  name: 'vfio_unregister_device',
  cite: UNREGISTER_CITE,
  steps: [
    ...enterRemove('UNREG.0'),
    ...unregisterSteps('', 'UNREG.6'),
    {
      id: 'UNREG.6',
      title: 'the driver frees its structure',
      ops: [free('pci'), free('device')],
    },
    leaveDriverCore('UNREG.7', DRIVER.none),
  ],
};

function unregisterSteps(prefix: string, next: string): readonly StepSpec[] {
  const step = (row: string, title: string, ops: readonly Op[]): StepSpec => ({
    id: `${prefix}UNREG.${row}`,
    title,
    cite: UNREGISTER_CITE,
    ops,
  });
  return [
    step('1', 'mark the device as unbinding, so that the group stays viable', [
      mutexLock('group.unbound_lock'),
      comment('list_add(&unbound->unbound_next, &group->unbound_list)'),
      mutexUnlock('group.unbound_lock'),
    ]),
    step('2', "put the registration's own reference", [store('device.registered', 0), putDevice]),
    step(
      '3',
      'wait for the open files while node and idr entry still exist; the request op asks user space to close',
      [waitForCompletion('device.comp')],
    ),
    step('4', 'remove the node, the idr entry and the list entry', [
      branch(
        eq('device.vfio_next', 0),
        [goto(`${prefix}UNREG.5a`)],
        [mutexLock('vfio.device_lock')],
      ),
      listDel('device.vfio_next', DEVICE_LIST),
      cdevDel('device.node', 'device_destroy'),
      idaFree('device.minor'),
      mutexUnlock('vfio.device_lock'),
    ]),
    step('5a', 'drop the use of the group', [
      mutexLock('group.device_lock'),
      listDel('device.group_next', GROUP_DEVICE_LIST),
      decrement('group.dev_counter'),
      mutexUnlock('group.device_lock'),
    ]),
    step('5b', 'the last device of the group waits until the group has no container', [
      branch(allOf(eq('group.dev_counter', 0), ne('group.container', NULL)), [
        waitForCompletion('group.container_q'),
      ]),
    ]),
    step('5c', 'put the group', [...putGroup, goto(next)]),
  ];
}
