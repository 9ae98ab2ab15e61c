import type { Routine, StepSpec } from '../../kernel/language/design';
import {
  alloc,
  decrement,
  eq,
  fail,
  fallible,
  fdInstall,
  fget,
  forEach,
  fput,
  free,
  goto,
  increment,
  live,
  mutexLock,
  mutexUnlock,
  ne,
  notOf,
  NULL,
  addressOf,
  refDec,
  refInc,
  ret,
  spin,
  staticBranch,
  store,
  branch,
  warnOn,
  withPointer,
} from '../../kernel/language/primitives';
import type { Op } from '../../kernel/language/primitives';
import { groupClaimDmaOwner, DOMAIN, groupReleaseDmaOwner } from '../shared/iommuGroup';
import { initIoas } from '../shared/iommufd/shortterm';
import { linuxCitation } from './citation';
import type { Linux } from './linux';
import { checkRawIo, ifNoiommu, withNoiommu } from './noiommu';

const CONTAINER_C = 'drivers/vfio/container.c';
const SET_CONTAINER_CITE = linuxCitation('drivers/vfio/group.c', 'vfio_group_ioctl_set_container');
const ATTACH_GROUP_CITE = linuxCitation(CONTAINER_C, 'vfio_container_attach_group');

/** Operations on the container argument, if it is a container. */
const ifContainer = (...ops: Op[]): readonly Op[] => [
  staticBranch({ arg: 'container', kinds: ['container'] }, ops),
];
/** The same if it is an iommufd. */
const ifIommufd = (...ops: Op[]): readonly Op[] => [
  staticBranch({ arg: 'container', kinds: ['iommufd'] }, ops),
];

/** open(2) of /dev/vfio/vfio. */
export const openContainer: Routine = {
  name: 'vfio_fops_open',
  cite: linuxCitation(CONTAINER_C, 'vfio_fops_open'),
  steps: [
    {
      id: 'COPEN.1',
      title: 'allocate the container',
      ops: [
        fallible('kzalloc', 'ENOMEM', 'no memory'),
        alloc('container'),
        store('container.kref', 1),
      ],
    },
    { id: 'COPEN.2', title: 'install the fd', ops: [fdInstall(), ret()] },
  ],
};

/** f_op->release of a container file; groups in the container keep it allocated. */
export const releaseContainer: Routine = {
  name: 'vfio_fops_release',
  cite: linuxCitation(CONTAINER_C, 'vfio_fops_release'),
  steps: [
    {
      id: 'CREL.1',
      title: 'put the container',
      ops: [refDec('container.kref', [free('container')]), ret()],
    },
  ],
};

/** DETACHC: removes the group from its container; `group.group_lock` is held. */
export function detachContainerSteps(prefix: string, next: string): readonly StepSpec[] {
  const cite = linuxCitation(CONTAINER_C, 'vfio_group_detach_container');
  const id = (row: number): string => `${prefix}DETACHC.${row}`;
  return [
    {
      id: id(1),
      title: 'lock the container',
      cite,
      ops: [
        mutexLock('group.container.group_lock'),
        warnOn(ne('group.container_users', 1), 'a device still uses the container'),
        ifNoiommu(goto(id(4))),
      ],
    },
    {
      id: id(2),
      title: 'the iommu driver detaches the group',
      cite,
      ops: [
        branch(eq('group.container.iommu_driver', 1), [
          store('iommu_group.domain', DOMAIN.blocking),
        ]),
      ],
    },
    groupReleaseDmaOwner(id(3)),
    {
      id: id(4),
      title: 'remove the group; with the last one, release the iommu driver',
      cite,
      ops: [
        withPointer('group.container', 'left', [
          store('group.container', NULL),
          store('group.container_users', 0),
          decrement('left.groups'),
          branch(eq('left.groups', 0), [store('left.iommu_driver', 0)]),
          mutexUnlock('left.group_lock'),
          refDec('left.kref', [free('left')]),
        ]),
        goto(next),
      ],
    },
  ];
}

/** SET_CONTAINER: with a container it claims the DMA of the group; with an iommufd, GET_DEVICE_FD claims it later. */
export const setContainer = ({ shortterm }: Linux): Routine => ({
  name: 'vfio_group_ioctl_set_container',
  cite: SET_CONTAINER_CITE,
  steps: [
    {
      id: 'SETC.1',
      title: 'read the argument',
      ops: [fallible('get_user', 'EFAULT', 'the argument cannot be read', { at: 'group' })],
    },
    {
      id: 'SETC.2',
      title: 'look up the file',
      ops: [
        branch(eq('container/fd.installed', 0), [
          fail('EBADF', 'the fd is not open', { at: 'group' }),
        ]),
        fget('container/file'),
      ],
    },
    {
      id: 'SETC.3',
      title: 'lock the group and look for a container or an iommufd',
      ops: [
        mutexLock('group.group_lock'),
        branch(ne('group.container', NULL), [
          fail('EINVAL', 'the group is in a container', { at: 'group', to: 'SETC.8' }),
        ]),
        branch(ne('group.iommufd', NULL), [
          fail('EINVAL', 'the group has an iommufd', { at: 'group', to: 'SETC.8' }),
        ]),
      ],
    },
    {
      id: 'SETC.4',
      title: 'check that the group still has devices; branch on the kind of file',
      ops: [
        branch(eq('group.iommu_group', NULL), [
          fail('ENODEV', 'the last device of the group is gone', { at: 'group', to: 'SETC.8' }),
        ]),
        staticBranch({ arg: 'container', kinds: ['container'] }, [
          ifNoiommu(checkRawIo('group', 'SETC.8')),
          goto('SETC.5a'),
        ]),
        staticBranch({ arg: 'container', kinds: ['iommufd'] }, [goto('SETC.6a')]),
        fail('EBADFD', 'the file is neither a container nor an iommufd', {
          at: 'container/file',
          to: 'SETC.8',
        }),
      ],
    },
    {
      id: 'SETC.5a',
      title: 'lock the container',
      cite: ATTACH_GROUP_CITE,
      ops: ifContainer(
        mutexLock('container/container.group_lock'),
        withNoiommu(
          branch(ne('container/container.groups', 0), [
            branch(ne('container/container.noiommu', 'iommu_group.noiommu'), [
              fail('EPERM', 'groups with and without an IOMMU do not mix', {
                at: 'container/container',
                to: 'SETC.U5',
              }),
            ]),
          ]),
        ),
        // No IOMMU, no DMA to claim.
        ifNoiommu(goto('SETC.5d')),
      ),
    },
    groupClaimDmaOwner({ id: 'SETC.5b', owner: addressOf('group'), onError: 'SETC.U5' }),
    {
      id: 'SETC.5c',
      title: 'if the container has an iommu driver, attach the group',
      cite: ATTACH_GROUP_CITE,
      ops: ifContainer(
        branch(eq('container/container.iommu_driver', 1), [
          fallible('attach_group', 'EINVAL', 'the iommu driver cannot attach the group', {
            at: 'container/container',
            to: 'SETC.U5b',
          }),
          store('iommu_group.domain', DOMAIN.attached),
        ]),
      ),
    },
    {
      id: 'SETC.5d',
      title: 'record the container; the group is its first user',
      cite: ATTACH_GROUP_CITE,
      ops: ifContainer(
        store('group.container', addressOf('container/container')),
        store('group.container_users', 1),
        withNoiommu(store('container/container.noiommu', 'iommu_group.noiommu')),
        increment('container/container.groups'),
        refInc('container/container.kref'),
        mutexUnlock('container/container.group_lock'),
      ),
    },
    { id: 'SETC.5e', title: 'go on to unlock', ops: [goto('SETC.8')] },
    groupReleaseDmaOwner('SETC.U5b'),
    {
      id: 'SETC.U5',
      title: 'undo: unlock the container',
      cite: ATTACH_GROUP_CITE,
      ops: [...ifContainer(mutexUnlock('container/container.group_lock')), goto('SETC.8')],
    },
    {
      id: 'SETC.6a',
      title: 'take a reference on the iommufd',
      ops: ifIommufd(fget('container/file')),
    },
    {
      id: 'SETC.6b',
      title: 'create the compat ioas if there is none',
      cite: linuxCitation(
        'drivers/iommu/iommufd/vfio_compat.c',
        'iommufd_vfio_compat_ioas_create and iommufd_vfio_compat_set_no_iommu',
      ),
      ops: ifIommufd(
        ifNoiommu(
          spin(
            'objects.xa_lock',
            branch(ne('container/ctx.vfio_ioas', NULL), [
              fail('EINVAL', 'the iommufd has a compat ioas', {
                at: 'container/ctx',
                to: 'SETC.U6',
              }),
            ]),
            store('container/ctx.no_iommu_mode', 1),
          ),
          goto('SETC.6c'),
        ),
        withNoiommu(
          branch(eq('container/ctx.no_iommu_mode', 1), [
            fail('EINVAL', 'the iommufd is used for a device without an IOMMU', {
              at: 'container/ctx',
              to: 'SETC.U6',
            }),
          ]),
        ),
        fallible('iommufd_ioas_alloc', 'ENOMEM', 'no memory', {
          at: 'container/ctx',
          to: 'SETC.U6',
        }),
        spin(
          'objects.xa_lock',
          branch(eq('container/ctx.vfio_ioas', NULL), [
            alloc('container/ioas'),
            ...initIoas(shortterm, 'container/ioas'),
            store('container/ctx.vfio_ioas', addressOf('container/ioas')),
          ]),
        ),
      ),
    },
    {
      id: 'SETC.6c',
      title: 'record the iommufd; the DMA is claimed later',
      ops: [...ifIommufd(store('group.iommufd', addressOf('container/ctx'))), goto('SETC.8')],
    },
    { id: 'SETC.U6', title: 'undo: put the iommufd', ops: [fput('container/file')] },
    { id: 'SETC.8', title: 'unlock the group', ops: [mutexUnlock('group.group_lock')] },
    { id: 'SETC.9', title: 'put the looked-up file', ops: [fput('container/file'), ret()] },
  ],
});

/** UNSET_CONTAINER: fails while devices use a container; an iommufd is put without such a check. */
export const unsetContainer: Routine = {
  name: 'vfio_group_ioctl_unset_container',
  cite: linuxCitation('drivers/vfio/group.c', 'vfio_group_ioctl_unset_container'),
  steps: [
    {
      id: 'UNSETC.1',
      title: 'lock the group and look for a container or an iommufd',
      ops: [
        mutexLock('group.group_lock'),
        branch(ne('group.container', NULL), [goto('UNSETC.2')]),
        branch(ne('group.iommufd', NULL), [goto('UNSETC.4')]),
        fail('EINVAL', 'the group has neither', { at: 'group', to: 'UNSETC.5' }),
      ],
    },
    {
      id: 'UNSETC.2',
      title: 'check that no device uses the container',
      ops: [
        branch(ne('group.container_users', 1), [
          fail('EBUSY', 'device fds use the container', { at: 'group', to: 'UNSETC.5' }),
        ]),
      ],
    },
    ...detachContainerSteps('UNSETC.3:', 'UNSETC.5'),
    {
      id: 'UNSETC.4',
      title: 'put the iommufd; its device fds are not counted',
      ops: [fput('group.iommufd.file'), store('group.iommufd', NULL)],
    },
    { id: 'UNSETC.5', title: 'unlock the group', ops: [mutexUnlock('group.group_lock'), ret()] },
  ],
};

/** SET_IOMMU of a container: opens an iommu driver and attaches every group. */
export const setIommu: Routine = {
  name: 'vfio_ioctl_set_iommu',
  cite: linuxCitation(CONTAINER_C, 'vfio_ioctl_set_iommu'),
  steps: [
    {
      id: 'SETI.1',
      title: 'lock the container and check that it has groups and no driver',
      ops: [
        mutexLock('container.group_lock'),
        branch(eq('container.groups', 0), [
          mutexUnlock('container.group_lock'),
          fail('EINVAL', 'no group is in the container', { at: 'container' }),
        ]),
        branch(eq('container.iommu_driver', 1), [
          mutexUnlock('container.group_lock'),
          fail('EINVAL', 'the container already has a driver', { at: 'container' }),
        ]),
      ],
    },
    {
      id: 'SETI.2',
      title: 'also lock the list of iommu drivers',
      ops: [mutexLock('vfio.iommu_drivers_lock')],
    },
    {
      id: 'SETI.3',
      title: 'the first driver that supports the type attaches every group',
      ops: [
        fallible('iommu_driver_open', 'ENODEV', 'no driver supports the type', {
          at: 'container',
          to: 'SETI.4',
        }),
        forEach('group', undefined, 'member', [
          branch(live('member'), [
            branch(eq('member.container', addressOf('container')), [
              staticBranch(
                'noiommu-in-scenario',
                [
                  branch(eq('member.iommu_group.noiommu', 0), [
                    store('member.iommu_group.domain', DOMAIN.attached),
                  ]),
                ],
                [store('member.iommu_group.domain', DOMAIN.attached)],
              ),
            ]),
          ]),
        ]),
        store('container.iommu_driver', 1),
      ],
    },
    {
      id: 'SETI.4',
      title: 'unlock both',
      ops: [mutexUnlock('vfio.iommu_drivers_lock'), mutexUnlock('container.group_lock'), ret()],
    },
  ],
};

/** SET_IOMMU on an iommufd used as a container: only checks that the compat ioas exists. */
export const setIommuCompat: Routine = {
  name: 'iommufd_vfio_set_iommu',
  cite: linuxCitation('drivers/iommu/iommufd/vfio_compat.c', 'iommufd_vfio_set_iommu'),
  steps: [
    {
      id: 'SETI.C1',
      title: 'check the type',
      ops: [
        // VFIO_NOIOMMU_IOMMU, which nothing else checks.
        withNoiommu(branch(eq('ctx.no_iommu_mode', 1), [checkRawIo('ctx'), ret()])),
        fallible('check', 'EINVAL', 'the type is neither TYPE1 nor TYPE1v2', { at: 'ctx' }),
      ],
    },
    {
      id: 'SETI.C2',
      title: 'check that the compat ioas exists',
      ops: [
        branch(eq('ctx.vfio_ioas', NULL), [
          fail('ENODEV', 'no group has been set yet', { at: 'ctx' }),
        ]),
        ret(),
      ],
    },
  ],
};

/** Container mode: checks that SET_IOMMU was called, then counts the use and pins the group file. */
export function containerUseStep(id: string, onError: string, next: string): StepSpec {
  return {
    id,
    title: 'container mode: count the use of the container, take a reference on the group file',
    cite: linuxCitation(CONTAINER_C, 'vfio_group_use_container and vfio_device_container_register'),
    ops: [
      branch(notOf(eq('group.container.iommu_driver', 1)), [
        fail('EINVAL', 'SET_IOMMU has not been called', { at: 'group.container', to: onError }),
      ]),
      ifNoiommu(checkRawIo('group', onError)),
      fget('group.opened_file'),
      increment('group.container_users'),
      goto(next),
    ],
  };
}
