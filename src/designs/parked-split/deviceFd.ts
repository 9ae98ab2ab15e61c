import { F_OP } from '../../kernel/language/vfs';
import type { Routine, StepSpec } from '../../kernel/language/design';
import {
  alloc,
  decrement,
  driverOp,
  eq,
  fail,
  fallible,
  fdInstall,
  fget,
  fput,
  goto,
  increment,
  mutexLock,
  mutexUnlock,
  ne,
  NULL,
  replaceFops,
  ret,
  branch,
} from '../../kernel/language/primitives';
import { lookUpDevice } from '../parked-shim/group';
import { putRegistration } from '../parked-shim/open';
import { REVIEW_MAIL, kernelFacts } from '../shared/citations';
import { checkViable } from '../shared/kernelDriver';
import type { SplitOptions } from './options';
import { detachContainerSteps } from './container';
import { extraGetDeviceFdSteps, dropDeviceUse } from './extraState';

const CITE = `${kernelFacts('Type1 kept separate')}; ${REVIEW_MAIL}`;

/** GET_DEVICE_FD of the legacy path: neither reads nor writes `iommu_dev`. */
export function getDeviceFd(choice: SplitOptions): Routine {
  const parked = choice.groupFdStartsParked;
  const unopened = parked ? 'GDF.U3' : 'GDF.U2';
  const afterExtraState = choice.extraState === 'none' ? unopened : 'GDF.U4';
  const fileSteps: readonly StepSpec[] = [
    {
      id: 'GDF.5a',
      title: 'reserve an fd',
      confidence: 'DERIVED',
      ops: [
        fallible('get_unused_fd_flags', 'EMFILE', 'the fd table is full', {
          at: 'fd/file',
          to: parked ? 'GDF.U2' : 'GDF.U5',
        }),
      ],
    },
    {
      id: 'GDF.5b',
      title: parked
        ? 'create an anonymous file with the parked fops'
        : 'create an anonymous file with the normal fops',
      confidence: 'DERIVED',
      ops: [
        fallible('anon_inode_getfile', 'ENFILE', 'no struct file', {
          at: 'fd/file',
          to: parked ? 'GDF.U2' : 'GDF.U5',
        }),
        alloc('file'),
        fget('file'),
        ...(parked ? [] : [replaceFops('file', 'normal')]),
      ],
    },
  ];
  const openSteps: readonly StepSpec[] = [
    ...extraGetDeviceFdSteps(choice.extraState, unopened),
    {
      id: 'GDF.7',
      title: 'lock the device',
      confidence: 'DERIVED',
      ops: [mutexLock('device.lock')],
    },
    {
      id: 'GDF.8',
      title: 'the first open runs the open op of the driver',
      confidence: 'DERIVED',
      ops: [
        fallible('open_device', 'EIO', 'open_device of the driver fails', {
          at: 'device',
          to: afterExtraState,
          before: [mutexUnlock('device.lock')],
        }),
        branch(eq('device.open_count', 0), [
          driverOp('open_device', { file: 'file', insideBind: parked }),
        ]),
        increment('device.open_count'),
        mutexUnlock('device.lock'),
      ],
    },
  ];
  return {
    name: 'vfio_group_get_device_fd',
    cite: CITE,
    steps: [
      {
        id: 'GDF.1',
        title:
          'lock the group; the mails name no lock (found by reading the review of 2021-09-21, not run)',
        confidence: 'MINE',
        ops: [mutexLock('group.group_lock')],
      },
      {
        id: 'GDF.2',
        title: 'check that the container has a driver and the group is viable',
        confidence: 'DERIVED',
        ops: [
          branch(eq('group.container', NULL), [
            fail('EINVAL', 'no container is set', { at: 'group', to: 'GDF.U1' }),
          ]),
          branch(eq('group.container.iommu_driver', 0), [
            fail('EINVAL', 'SET_IOMMU has not been called', {
              at: 'group.container',
              to: 'GDF.U1',
            }),
          ]),
          checkViable([
            fail('EINVAL', 'the group is not viable: a sibling has a kernel driver', {
              at: 'group',
              to: 'GDF.U1',
            }),
          ]),
        ],
      },
      ...lookUpDevice({ id: 'GDF.3', to: 'GDF.U1' }),
      {
        id: 'GDF.4',
        title: 'pin the driver module',
        confidence: 'DERIVED',
        ops: [
          fallible('try_module_get', 'ENODEV', 'the driver module is going away', {
            at: 'device',
            to: 'GDF.U2',
          }),
        ],
      },
      ...(parked ? [...fileSteps, ...openSteps] : [...openSteps, ...fileSteps]),
      {
        id: 'GDF.9',
        title: parked
          ? 'count the use of the container; replace the fops: parked to normal'
          : 'count the use of the container',
        confidence: 'DERIVED',
        ops: [
          increment('group.container_users'),
          ...(parked ? [replaceFops('file', 'normal')] : []),
          mutexUnlock('group.group_lock'),
        ],
      },
      { id: 'GDF.10', title: 'install the fd', confidence: 'DERIVED', ops: [fdInstall(), ret()] },
      ...(parked
        ? []
        : [
            {
              id: 'GDF.U5',
              title: 'undo: lock the device',
              confidence: 'DERIVED' as const,
              ops: [mutexLock('device.lock')],
            },
            {
              id: 'GDF.U5b',
              title: 'undo: decrement open_count; the last one runs the close op',
              confidence: 'DERIVED' as const,
              ops: [decrement('device.open_count'), mutexUnlock('device.lock')],
            },
          ]),
      ...dropDeviceUse(choice.extraState, 'GDF.U4'),
      ...(parked
        ? [
            {
              id: 'GDF.U3',
              title: 'undo: put the parked file; its release puts the registration',
              confidence: 'DERIVED' as const,
              ops: [mutexUnlock('group.group_lock'), fput('file'), ret()],
            },
          ]
        : []),
      {
        id: 'GDF.U2',
        title: 'undo: put the registration reference',
        confidence: 'DERIVED',
        ops: [putRegistration],
      },
      {
        id: 'GDF.U1',
        title: 'undo: unlock the group',
        confidence: 'DERIVED',
        ops: [mutexUnlock('group.group_lock'), ret()],
      },
    ],
  };
}

/** f_op->release of a group device fd: the last user detaches the group from the container. */
export function releaseGroupDevice(choice: SplitOptions): Routine {
  // Last, since the next user must not run while the container's domain is still attached.
  const leave = dropDeviceUse(choice.extraState, 'REL.6a');
  const unused = leave[0]?.id ?? 'REL.6b';
  return {
    name: 'vfio_device_fops_release',
    cite: CITE,
    steps: [
      {
        id: 'REL.1',
        title: 'skip the unbind if the fops are parked',
        confidence: 'DERIVED',
        ops: [branch(eq('file.f_op', F_OP.parked), [goto('REL.7')])],
      },
      {
        id: 'REL.2',
        title: 'lock the group',
        confidence: 'DERIVED',
        ops: [mutexLock('group.group_lock')],
      },
      {
        id: 'REL.3',
        title: 'lock the device',
        confidence: 'DERIVED',
        ops: [mutexLock('device.lock')],
      },
      {
        id: 'REL.4',
        title: 'the last close runs the close op of the driver',
        confidence: 'DERIVED',
        ops: [
          branch(eq('device.open_count', 1), [driverOp('close_device', { file: 'file' })]),
          decrement('device.open_count'),
          mutexUnlock('device.lock'),
        ],
      },
      {
        id: 'REL.6',
        title: 'drop the use of the container',
        confidence: 'DERIVED',
        ops: [
          decrement('group.container_users'),
          branch(ne('group.container_users', 0), [goto(unused)]),
        ],
      },
      ...detachContainerSteps('REL.6:', choice, unused),
      ...leave,
      {
        id: 'REL.6b',
        title: 'unlock the group',
        confidence: 'DERIVED',
        ops: [mutexUnlock('group.group_lock')],
      },
      {
        id: 'REL.7',
        title: 'put the registration reference; the last one wakes unregister',
        confidence: 'DERIVED',
        ops: [putRegistration, ret()],
      },
    ],
  };
}
