import type { Routine, StepSpec } from '../../kernel/language/design';
import {
  alloc,
  driverOp,
  eq,
  fail,
  fallible,
  fdInstall,
  fget,
  fput,
  increment,
  live,
  lookUp,
  mutexLock,
  mutexUnlock,
  ne,
  NULL,
  addressOf,
  refIncNotZero,
  replaceFops,
  ret,
  comment,
  spin,
  staticBranch,
  store,
  branch,
} from '../../kernel/language/primitives';
import { attachDevice, compatIoasAt, detachDevice } from '../shared/iommufd/attach';
import { bindDevice, contextAt, unbindDevice } from '../shared/iommufd/bind';
import { initIoas, SHORTTERM_USERS } from '../shared/iommufd/shortterm';
import { REVIEW_MAIL, kernelFacts } from '../shared/citations';
import { asDerived } from './bind';
import { putGroup, putRegistration } from './open';

const CITE = `${kernelFacts('Parked fops: objects')}; ${REVIEW_MAIL}`;

/** f_op->release of a group file: puts the container; device fds stay usable. */
export const releaseGroup: Routine = {
  name: 'vfio_group_fops_release',
  cite: CITE,
  steps: [
    {
      id: 'GREL.1',
      title: 'lock the group',
      confidence: 'DERIVED',
      ops: [mutexLock('group.group_lock')],
    },
    {
      id: 'GREL.2',
      title: 'put the container, if set',
      confidence: 'DERIVED',
      ops: [
        branch(ne('group.container', NULL), [
          fput('group.container.file'),
          store('group.container', NULL),
        ]),
      ],
    },
    {
      id: 'GREL.3',
      title: 'clear opened: the group can be opened again',
      confidence: 'DERIVED',
      ops: [store('group.opened', 0), mutexUnlock('group.group_lock')],
    },
    { id: 'GREL.4', title: 'put the group', confidence: 'DERIVED', ops: [...putGroup] },
    { id: 'GREL.5', title: 'free the group file', confidence: 'DERIVED', ops: [ret()] },
  ],
};

/** SET_CONTAINER: accepts any iommufd context; a container is one with a compat ioas. */
export const setContainer: Routine = {
  name: 'vfio_group_set_container',
  cite: CITE,
  steps: [
    {
      id: 'SETC.1',
      title: 'look up the container',
      confidence: 'DERIVED',
      ops: [
        fallible('get_user', 'EFAULT', 'the argument cannot be read', { at: 'group' }),
        branch(eq('container/fd.installed', 0), [
          fail('EBADF', 'the container fd is not open', { at: 'group' }),
        ]),
        staticBranch(
          { arg: 'container', kinds: ['container', 'iommufd'] },
          [],
          [
            fail('EINVAL', 'the file is neither a container nor an iommufd', {
              at: 'container/file',
            }),
          ],
        ),
        fget('container/file'),
      ],
    },
    {
      id: 'SETC.2',
      title: 'lock the group',
      confidence: 'DERIVED',
      ops: [mutexLock('group.group_lock')],
    },
    {
      id: 'SETC.3',
      title: 'check that no container is set',
      confidence: 'DERIVED',
      ops: [
        branch(ne('group.container', NULL), [
          mutexUnlock('group.group_lock'),
          fail('EINVAL', 'a container is already set', { at: 'group', to: 'SETC.U' }),
        ]),
      ],
    },
    {
      id: 'SETC.4',
      title: 'create the compat ioas if there is none',
      confidence: 'DERIVED',
      ops: [
        staticBranch({ arg: 'container', kinds: ['container', 'iommufd'] }, [
          fallible('iommufd_ioas_alloc', 'ENOMEM', 'no memory', {
            at: 'container/ctx',
            to: 'SETC.U',
            before: [mutexUnlock('group.group_lock')],
          }),
          spin(
            'objects.xa_lock',
            branch(eq('container/ctx.vfio_ioas', NULL), [
              alloc('container/ioas'),
              ...initIoas(SHORTTERM_USERS, 'container/ioas'),
              store('container/ctx.vfio_ioas', addressOf('container/ioas')),
            ]),
          ),
        ]),
      ],
    },
    {
      id: 'SETC.5',
      title: 'record the container; the group keeps a reference',
      confidence: 'DERIVED',
      ops: [
        staticBranch({ arg: 'container', kinds: ['container', 'iommufd'] }, [
          fget('container/file'),
          store('group.container', addressOf('container/ctx')),
        ]),
        mutexUnlock('group.group_lock'),
      ],
    },
    {
      id: 'SETC.U',
      title: 'put the looked-up file',
      confidence: 'DERIVED',
      ops: [fput('container/file'), ret()],
    },
  ],
};

/** UNSET_CONTAINER: device fds that are bound keep their context. */
export const unsetContainer: Routine = {
  name: 'vfio_group_unset_container',
  cite: CITE,
  steps: [
    {
      id: 'UNSETC.1',
      title: 'lock the group',
      confidence: 'DERIVED',
      ops: [mutexLock('group.group_lock')],
    },
    {
      id: 'UNSETC.2',
      title: 'check that a container is set',
      confidence: 'DERIVED',
      ops: [
        branch(eq('group.container', NULL), [
          mutexUnlock('group.group_lock'),
          fail('EINVAL', 'no container is set', { at: 'group' }),
        ]),
      ],
    },
    {
      id: 'UNSETC.3',
      title: 'put the container',
      confidence: 'DERIVED',
      ops: [
        fput('group.container.file'),
        store('group.container', NULL),
        mutexUnlock('group.group_lock'),
        ret(),
      ],
    },
  ],
};

/** GET_DEVICE_FD: open and bind in one call; a file that fails is not installed. */
export function getDeviceFd(choice: { readonly perDeviceCheck: boolean }): Routine {
  return {
    name: 'vfio_group_get_device_fd',
    cite: `${kernelFacts('Parked fops: GET_DEVICE_FD')}; ${REVIEW_MAIL}`,
    steps: [
      ...lookUpDevice({ id: 'GDF.1' }),
      {
        id: 'GDF.2',
        title: 'reserve an fd',
        confidence: 'DERIVED',
        ops: [
          fallible('get_unused_fd_flags', 'EMFILE', 'the fd table is full', {
            at: 'fd/file',
            to: 'GDF.U2',
          }),
        ],
      },
      {
        id: 'GDF.3',
        title: 'create an anonymous file with the parked fops',
        confidence: 'DERIVED',
        ops: [
          fallible('anon_inode_getfile', 'ENFILE', 'no struct file', {
            at: 'fd/file',
            to: 'GDF.U2',
          }),
          { kind: 'alloc', object: 'file' },
          fget('file'),
        ],
      },
      {
        id: 'GDF.4a',
        title:
          'lock the group, so that the container stays set; the mails name no lock (found by reading the review of 2021-09-21, not run)',
        confidence: 'MINE',
        ops: [mutexLock('group.group_lock')],
      },
      {
        id: 'GDF.4b',
        title: 'check that a container is set',
        confidence: 'DERIVED',
        ops: [
          branch(eq('group.container', NULL), [
            fail('EINVAL', 'no container is set', { at: 'group', to: 'GDF.U4' }),
          ]),
        ],
      },
      {
        id: 'GDF.4c',
        title: 'lock the device',
        confidence: 'DERIVED',
        ops: [mutexLock('device.lock')],
      },
      {
        id: 'GDF.4d',
        title: 'check that no iommu context is recorded',
        confidence: 'DERIVED',
        ops: choice.perDeviceCheck
          ? [
              branch(ne('device.iommu_dev', NULL), [
                fail('EBUSY', 'the device is already bound', {
                  at: 'device',
                  to: 'GDF.U4d',
                }),
              ]),
            ]
          : [comment('no check of device->iommu_dev: only the owner claim can fail')],
      },
      ...bindDevice({
        shortterm: SHORTTERM_USERS,
        prefix: 'GDF.4e:',
        ctx: contextAt('group.container'),
        idev: 'idev',
        onError: 'GDF.U4d',
        next: 'GDF.4f',
      }).map(asDerived),
      {
        id: 'GDF.4f',
        title: 'record the iommu context in the device',
        confidence: 'DERIVED',
        ops: [store('device.iommu_dev', addressOf('idev'))],
      },
      ...attachDevice({
        shortterm: SHORTTERM_USERS,
        stepId: 'GDF.4g',
        ioas: compatIoasAt('group.container'),
        idev: 'idev',
        attachedFlag: 'device.iommufd_attached',
        devicePointer: 'iommu_dev',
        onError: 'GDF.U4e:IUNBIND.1',
        next: 'GDF.4h',
      }).map(asDerived),
      {
        id: 'GDF.4h',
        title: 'run the open op of the driver',
        confidence: 'DERIVED',
        ops: [
          fallible('open_device', 'EIO', 'open_device of the driver fails', {
            at: 'device',
            to: 'GDF.U4e:IUNBIND.1',
          }),
          driverOp('open_device', { file: 'file', insideBind: true }),
          increment('device.open_count'),
        ],
      },
      {
        id: 'GDF.4i',
        title: 'replace the fops of this file: parked to normal',
        confidence: 'DERIVED',
        ops: [replaceFops('file', 'normal')],
      },
      {
        id: 'GDF.4j',
        title: 'unlock device and group',
        confidence: 'DERIVED',
        ops: [mutexUnlock('device.lock'), mutexUnlock('group.group_lock')],
      },
      { id: 'GDF.5', title: 'install the fd', confidence: 'DERIVED', ops: [fdInstall(), ret()] },
      ...unbindDevice({
        shortterm: SHORTTERM_USERS,
        prefix: 'GDF.U4e:',
        idev: 'idev',
        pointer: 'device.iommu_dev',
        next: 'GDF.U4d',
        detach: {
          flag: 'device.iommufd_attached',
          steps: detachDevice({ prefix: 'GDF.U4e:', idev: 'idev', next: 'GDF.U4e:IUNBIND.1b' }),
        },
      }).map(asDerived),
      {
        id: 'GDF.U4d',
        title: 'undo: unlock the device',
        confidence: 'DERIVED',
        ops: [mutexUnlock('device.lock')],
      },
      {
        id: 'GDF.U4',
        title: 'undo: unlock the group',
        confidence: 'DERIVED',
        ops: [mutexUnlock('group.group_lock')],
      },
      {
        id: 'GDF.U3',
        title: 'undo: put the parked file; its release puts the registration',
        confidence: 'DERIVED',
        ops: [fput('file'), ret()],
      },
      {
        id: 'GDF.U2',
        title: 'undo: put the registration reference',
        confidence: 'DERIVED',
        ops: [putRegistration, ret()],
      },
    ],
  };
}

/** Finds a device of the group by name and takes a registration reference; fails with -ENODEV. */
export function lookUpDevice({
  id,
  to,
}: {
  readonly id: string;
  readonly to?: string;
}): readonly StepSpec[] {
  const gone = fail('ENODEV', 'no such device in the group', {
    at: 'group',
    ...(to === undefined ? {} : { to }),
  });
  const failLookup = [mutexUnlock('group.device_lock'), gone];
  return [
    {
      id,
      title: 'find the device by name and take a registration reference',
      confidence: 'DERIVED',
      ops: [
        mutexLock('group.device_lock'),
        staticBranch(
          'device-in-group',
          [
            lookUp(
              'device.group_next',
              'list_for_each_entry(device, &group->device_list, group_next)',
              'group',
            ),
            branch(live('device'), [], failLookup),
            branch(eq('device.group_next', 0), failLookup),
            refIncNotZero('device.refcount', failLookup),
            mutexUnlock('group.device_lock'),
          ],
          failLookup,
        ),
      ],
    },
  ];
}

/** SET_IOMMU on a container that is an iommufd: only checks that the compat ioas exists. */
export const setIommu: Routine = {
  name: 'iommufd_vfio_set_iommu',
  cite: 'drivers/iommu/iommufd/vfio_compat.c, v6.6',
  steps: [
    {
      id: 'SETI.1',
      title: 'check that the compat ioas exists',
      confidence: 'DERIVED',
      ops: [
        branch(eq('ctx.vfio_ioas', NULL), [
          fail('ENODEV', 'no group has set this container yet', { at: 'ctx' }),
        ]),
        ret(),
      ],
    },
  ],
};
