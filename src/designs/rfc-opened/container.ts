import type { Routine, StepSpec } from '../../kernel/language/design';
import {
  alloc,
  cmpxchg,
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
  listAdd,
  listDel,
  live,
  lt,
  mutexLock,
  mutexUnlock,
  ne,
  NULL,
  addressOf,
  refDec,
  refInc,
  ret,
  comment,
  currentTask,
  staticBranch,
  store,
  branch,
  withPointer,
} from '../../kernel/language/primitives';
import type { Op, StatePath } from '../../kernel/language/primitives';
import { putGroup } from '../parked-shim/open';
import { rfcPatch } from '../shared/citations';
import { DOMAIN } from './iommufdObjects';
import { dropGroupOpen } from './open';

const CITE = 'drivers/vfio/vfio.c, v5.14';
const GROUP_LIST = 'container->group_list';

/** Operations on the container argument; other kinds of file have failed before. */
const ifContainer = (ops: readonly Op[]): readonly Op[] => [
  staticBranch({ arg: 'container', kinds: ['container'] }, ops),
];

/** open(2) of /dev/vfio/vfio. */
export const openContainer: Routine = {
  name: 'vfio_fops_open',
  cite: CITE,
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
  cite: CITE,
  steps: [
    {
      id: 'CREL.1',
      title: 'put the container',
      ops: [refDec('container.kref', [free('container')]), ret()],
    },
  ],
};

/** Whether another domain is attached to the IOMMU group. */
const otherDomainAttached = (group: string, container: StatePath) => ({
  all: [
    eq(`${group}.iommu_group.domain`, DOMAIN.attached),
    ne(`${group}.iommu_group.domain_of`, addressOf(container)),
  ],
});

const attachGroup = (group: string, container: StatePath): readonly Op[] => [
  store(`${group}.iommu_group.domain`, DOMAIN.attached),
  store(`${group}.iommu_group.domain_of`, addressOf(container)),
];

/** SET_CONTAINER: the check of container_users and its increment are not under one lock. */
export const setContainer: Routine = {
  name: 'vfio_group_set_container',
  cite: CITE,
  steps: [
    {
      id: 'SETC.1',
      title: 'check that no container is used, without a lock',
      ops: [
        fallible('get_user', 'EFAULT', 'the argument cannot be read', { at: 'group' }),
        branch(ne('group.container_users', 0), [
          fail('EINVAL', 'a container is already set', { at: 'group' }),
        ]),
      ],
    },
    {
      id: 'SETC.2',
      title: 'look up the container',
      ops: [
        branch(eq('container/fd.installed', 0), [
          fail('EBADF', 'the container fd is not open', { at: 'group' }),
        ]),
        staticBranch(
          { arg: 'container', kinds: ['container'] },
          [],
          [fail('EINVAL', 'the file is not a container', { at: 'container/file' })],
        ),
        fget('container/file'),
      ],
    },
    {
      id: 'SETC.3',
      title: 'lock the container',
      ops: ifContainer([
        mutexLock('container/container.group_lock'),
        fallible('noiommu mix', 'EPERM', 'real and noiommu groups do not mix', {
          at: 'container/container',
          to: 'SETC.U3',
        }),
      ]),
    },
    {
      id: 'SETC.4',
      title: 'if the container has an iommu driver, attach the group',
      ops: ifContainer([
        branch(eq('container/container.iommu_driver', 1), [
          mutexLock('iommu_group.mutex'),
          branch(otherDomainAttached('group', 'container/container'), [
            mutexUnlock('iommu_group.mutex'),
            fail('EBUSY', 'the group is attached to another domain', {
              at: 'iommu_group',
              to: 'SETC.U3',
            }),
          ]),
          ...attachGroup('group', 'container/container'),
          mutexUnlock('iommu_group.mutex'),
        ]),
      ]),
    },
    {
      id: 'SETC.5',
      title: 'record the container, add to its list',
      ops: ifContainer([
        store('group.container', addressOf('container/container')),
        listAdd('group.container_next', GROUP_LIST, 'container/container'),
        increment('container/container.group_list'),
      ]),
    },
    {
      id: 'SETC.6',
      title: 'take a reference on the container; the group is its first user',
      ops: ifContainer([refInc('container/container.kref'), increment('group.container_users')]),
    },
    {
      id: 'SETC.U3',
      title: 'unlock the container, put its file',
      ops: [
        ...ifContainer([mutexUnlock('container/container.group_lock')]),
        fput('container/file'),
        ret(),
      ],
    },
  ],
};

/** SET_IOMMU: opens type1 and attaches every group of the list. */
export const setIommu: Routine = {
  name: 'vfio_ioctl_set_iommu',
  cite: CITE,
  steps: [
    { id: 'SETI.1', title: 'lock the container', ops: [mutexLock('container.group_lock')] },
    {
      id: 'SETI.2',
      title: 'check that the container has groups and no driver',
      ops: [
        branch(eq('container.group_list', 0), [
          fail('EINVAL', 'no group is in the container', { at: 'container', to: 'SETI.U' }),
        ]),
        branch(eq('container.iommu_driver', 1), [
          fail('EINVAL', 'a driver is already set', { at: 'container', to: 'SETI.U' }),
        ]),
      ],
    },
    {
      id: 'SETI.3',
      title: 'lock the list of IOMMU drivers',
      ops: [mutexLock('vfio.iommu_drivers_lock')],
    },
    {
      id: 'SETI.4',
      title: 'open type1, attach every group, record the driver',
      ops: [
        fallible('iommu_driver_open', 'ENODEV', 'no driver supports the type', {
          at: 'container',
          to: 'SETI.U',
          before: [mutexUnlock('vfio.iommu_drivers_lock')],
        }),
        forEach('group', undefined, 'member', [
          branch(
            {
              all: [
                eq('member.container_next', addressOf('container')),
                otherDomainAttached('member', 'container'),
              ],
            },
            [
              mutexUnlock('vfio.iommu_drivers_lock'),
              fail('EBUSY', 'a group is attached to another domain', {
                at: 'member',
                to: 'SETI.U',
              }),
            ],
          ),
        ]),
        forEach('group', undefined, 'member', [
          branch(
            eq('member.container_next', addressOf('container')),
            attachGroup('member', 'container'),
          ),
        ]),
        store('container.iommu_driver', 1),
        mutexUnlock('vfio.iommu_drivers_lock'),
      ],
    },
    {
      id: 'SETI.U',
      title: 'unlock the container',
      ops: [mutexUnlock('container.group_lock'), ret()],
    },
  ],
};

/** UNSET_CONTAINER: succeeds if the group file is the only user. */
export const unsetContainer: Routine = {
  name: 'vfio_group_unset_container',
  cite: CITE,
  steps: [
    {
      id: 'UNSETC.1',
      title: 'cmpxchg container_users from 1 to 0',
      ops: [
        cmpxchg('group.container_users', 1, 0, [
          branch(
            eq('group.container_users', 0),
            [fail('EINVAL', 'no container is set', { at: 'group' })],
            [fail('EBUSY', 'device fds use the container', { at: 'group' })],
          ),
        ]),
      ],
    },
    ...unsetContainerSteps('UNSETC.1:', 'UNSETC.2'),
    { id: 'UNSETC.2', title: 'return', ops: [ret()] },
  ],
};

/** f_op->release of a group file. */
export const releaseGroup: Routine = {
  name: 'vfio_group_fops_release',
  cite: `drivers/vfio/vfio.c, v5.14; ${rfcPatch(2)}`,
  steps: [
    ...dissolveContainerSteps('GRELEASE.1', 'GRELEASE.2'),
    { id: 'GRELEASE.2', title: 'decrement group.opened', ops: [...dropGroupOpen] },
    { id: 'GRELEASE.3', title: 'put the group', ops: [...putGroup, ret()] },
  ],
};

/** vfio_group_try_dissolve_container: drops a use; the last one removes the group from its container. */
export function dissolveContainerSteps(row: string, next: string): readonly StepSpec[] {
  return [
    {
      id: row,
      title: 'decrement container_users, if positive',
      cite: CITE,
      ops: [
        branch(
          lt(0, 'group.container_users'),
          [
            decrement('group.container_users'),
            branch(ne('group.container_users', 0), [goto(next)]),
          ],
          [goto(next)],
        ),
      ],
    },
    ...unsetContainerSteps(`${row}:`, next),
  ];
}

/** __vfio_group_unset_container: `group.container` is followed without a check, and cleared before the group leaves the list. */
function unsetContainerSteps(prefix: string, next: string): readonly StepSpec[] {
  const step = (row: string, title: string, ops: readonly Op[]): StepSpec => ({
    id: `${prefix}UNSET.${row}`,
    title,
    cite: `${CITE}; __vfio_group_unset_container`,
    ops,
  });
  return [
    step('1', 'lock the container that the group points to', [
      branch(
        eq('group.container', NULL),
        [withPointer('group.container', 'container', []), goto(next)],
        [mutexLock('group.container.group_lock')],
      ),
    ]),
    step('2', 'type1 detaches the group', [
      branch(eq('group.container.iommu_driver', 1), [
        mutexLock('iommu_group.mutex'),
        store('iommu_group.domain_of', NULL),
        branch(
          ne('iommu_group.user_dma_owner_id', NULL),
          [store('iommu_group.domain', DOMAIN.none)],
          [store('iommu_group.domain', DOMAIN.default)],
        ),
        mutexUnlock('iommu_group.mutex'),
      ]),
    ]),
    step('3', 'clear group.container', [
      store('group.container', NULL),
      comment('wake_up(&group->container_q)'),
    ]),
    step('4', 'remove the group from the list it is in', [
      branch(ne('group.container_next', NULL), [decrement('group.container_next.group_list')]),
      listDel('group.container_next', GROUP_LIST),
    ]),
    // `container` is a local variable in the kernel: here, the container whose lock this task holds.
    step('5', 'with the last group, release the driver; unlock and put the container', [
      forEach('container', undefined, 'container', [
        branch(live('container'), [
          branch(eq('container.group_lock', currentTask), [
            branch(eq('container.group_list', 0), [store('container.iommu_driver', 0)]),
            mutexUnlock('container.group_lock'),
            refDec('container.kref', [free('container')]),
          ]),
        ]),
      ]),
      goto(next),
    ]),
  ];
}
