import type { Routine, StepSpec } from '../../kernel/language/design';
import {
  alloc,
  cdevAdd,
  cdevDel,
  fallible,
  free,
  goto,
  idaAlloc,
  listAdd,
  listDel,
  live,
  modelLimit,
  mutexLock,
  mutexUnlock,
  refInc,
  ret,
  comment,
  store,
  branch,
  waitForCompletion,
} from '../../kernel/language/primitives';
import { DRIVER, enterProbe, enterRemove, leaveDriverCore } from '../shared/parentDevice';
import { REVIEW_MAIL, kernelFacts } from '../shared/citations';
import { putCdev, putDevice, putGroup, putRegistration } from './open';

const REGISTER_CITE = `${kernelFacts('Parked fops: register')}; ${REVIEW_MAIL}`;

/** Finds or creates the group and takes the device's reference. */
const findOrCreateGroup: readonly StepSpec[] = [
  {
    id: 'REG.5a',
    title: 'get the IOMMU group of the device, without a lock',
    confidence: 'DERIVED',
    ops: [
      fallible('iommu_group_get', 'EINVAL', 'the device has no IOMMU group', {
        at: 'device',
        to: 'REG.U4',
      }),
    ],
  },
  {
    id: 'REG.5',
    title: 'find or create the group',
    confidence: 'DERIVED',
    ops: [
      mutexLock('vfio.group_lock'),
      branch(live('group'), [], [alloc('group')]),
      refInc('group.kref'),
      mutexUnlock('vfio.group_lock'),
    ],
  },
];

/** Probe: allocate, number, initialise, add the cdev; `refcountBeforeAdd` admits opens before the node exists. */
export function registerDevice({
  refcountBeforeAdd,
}: {
  readonly refcountBeforeAdd: boolean;
}): Routine {
  const setRefcount: StepSpec = {
    id: 'REG.6',
    title: 'registration reference: opens succeed from here',
    confidence: 'DERIVED',
    ops: [store('device.refcount', 1), store('device.registered', 1)],
  };
  const early = refcountBeforeAdd ? [setRefcount] : [];
  const late = refcountBeforeAdd ? [] : [setRefcount];
  return {
    name: 'vfio_register_group_dev',
    cite: REGISTER_CITE,
    steps: [
      ...enterProbe('REG.0'),
      {
        id: 'REG.1',
        title: 'the driver allocates its structure',
        confidence: 'DERIVED',
        ops: [
          branch(live('device'), [
            modelLimit(
              'the old vfio_device is still referenced, and the model keeps one per device',
              { at: 'device', to: 'REG.U0' },
            ),
          ]),
          fallible('kzalloc', 'ENOMEM', 'no memory', { at: 'parent', to: 'REG.U0' }),
          alloc('device'),
        ],
      },
      {
        id: 'REG.2',
        title: 'take the lowest free minor',
        confidence: 'DERIVED',
        ops: [
          fallible('ida_alloc', 'ENOSPC', 'no minor is left', { at: 'device', to: 'REG.U1' }),
          idaAlloc('device.minor'),
        ],
      },
      {
        id: 'REG.3',
        title: 'initialise mutex and completion',
        confidence: 'DERIVED',
        ops: [store('device.comp', 0), store('device.refcount', 0)],
      },
      {
        id: 'REG.4',
        title: 'initialise device and cdev, with the parked fops',
        confidence: 'DERIVED',
        ops: [store('device.kref', 1), comment('cdev->ops = parked fops')],
      },
      ...findOrCreateGroup,
      ...early,
      {
        id: 'REG.7a',
        title: 'cdev_add: the number is live',
        confidence: 'DERIVED',
        ops: [store('cdev.kobj', 1), refInc('device.kref'), cdevAdd('cdev.mapped', 'cdev_add')],
      },
      {
        id: 'REG.7b',
        title: 'device_add: sysfs entry, node, uevent',
        confidence: 'DERIVED',
        ops: [
          fallible('device_add', 'ENOMEM', 'sysfs returns an error', {
            at: 'device',
            to: 'REG.U7',
          }),
          cdevAdd('cdev.node', 'devtmpfs_create_node'),
        ],
      },
      ...late,
      {
        id: 'REG.8',
        title: 'add to the device list of the group',
        confidence: 'DERIVED',
        ops: [
          mutexLock('group.device_lock'),
          listAdd('device.group_next', 'group->device_list'),
          mutexUnlock('group.device_lock'),
        ],
      },
      leaveDriverCore('REG.9', DRIVER.vfio),
      {
        id: 'REG.U7',
        title: 'undo: remove the number',
        confidence: 'DERIVED',
        ops: [cdevDel('cdev.mapped', 'cdev_del'), putCdev],
      },
      { id: 'REG.U5', title: 'undo: put the group', confidence: 'DERIVED', ops: [...putGroup] },
      {
        id: 'REG.U4',
        title: 'undo: put the device; an open file can keep it allocated',
        confidence: 'DERIVED',
        ops: [putDevice, goto('REG.U0')],
      },
      {
        id: 'REG.U1',
        title: 'undo: free the structure',
        confidence: 'DERIVED',
        ops: [free('device')],
      },
      {
        id: 'REG.U0',
        title: 'probe fails: unlock the bus device',
        confidence: 'DERIVED',
        ops: [mutexUnlock('parent.mutex'), ret()],
      },
    ],
  };
}

/** Remove: variant a deletes the cdev first; variant b waits first and can be starved by opens. */
export function unregisterDevice({ delBeforeWait }: { readonly delBeforeWait: boolean }): Routine {
  const listDelStep: StepSpec = {
    id: 'UNREG.1',
    title: 'remove from the device list of the group: GET_DEVICE_FD no longer finds it',
    confidence: 'DERIVED',
    ops: [
      mutexLock('group.device_lock'),
      listDel('device.group_next', 'group->device_list'),
      mutexUnlock('group.device_lock'),
    ],
  };
  const cdevDelStep: StepSpec = {
    id: 'UNREG.2',
    title: 'cdev_device_del: remove node and number, no new cdev open',
    confidence: 'DERIVED',
    ops: [cdevDel('cdev.node', 'device_del'), cdevDel('cdev.mapped', 'cdev_del'), putCdev],
  };
  const putStep: StepSpec = {
    id: 'UNREG.3',
    title: "put the registration's own reference",
    confidence: 'DERIVED',
    ops: [store('device.registered', 0), putRegistration],
  };
  const waitStep: StepSpec = {
    id: 'UNREG.4',
    title: 'wait for the open files; the request op asks user space to close',
    confidence: 'DERIVED',
    ops: [waitForCompletion('device.comp')],
  };
  const hide = [listDelStep, cdevDelStep];
  const wait = [putStep, waitStep];
  return {
    name: 'vfio_unregister_group_dev',
    cite: `${kernelFacts(`Parked fops: unregister, variant ${delBeforeWait ? 'a' : 'b'}`)}; ${REVIEW_MAIL}`,
    steps: [
      ...enterRemove('UNREG.0'),
      ...(delBeforeWait ? [...hide, ...wait] : [...wait, ...hide]),
      { id: 'UNREG.5', title: 'put the group', confidence: 'DERIVED', ops: [...putGroup] },
      {
        id: 'UNREG.6',
        title: 'vfio_uninit_group_dev: put the device',
        confidence: 'DERIVED',
        ops: [putDevice],
      },
      leaveDriverCore('UNREG.7', DRIVER.none),
    ],
  };
}
