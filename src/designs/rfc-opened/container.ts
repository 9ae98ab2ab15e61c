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
import { rfcPatch, domainSection } from '../shared/citations';
import { DOMAIN } from './iommufdObjects';
import { dropGroupOpen } from './open';

const CITE = `drivers/vfio/vfio.c, v5.14; ${domainSection('2.4')}`;
const GROUP_LIST = 'container->group_list';

/** Operations on the container argument; a file of another kind was refused before. */
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

/** f_op->release of a container file: groups still in it keep it. */
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

/** Whether somebody else's domain is attached to the group of `group`. */
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
      title: 'is the container used? (no lock)',
      ops: [
        fallible('get_user', 'EFAULT', 'the argument cannot be read', { at: 'group' }),
        branch(ne('group.container_users', 0), [
          fail('EINVAL', 'a container is set already', { at: 'group' }),
        ]),
      ],
    },
    {
      id: 'SETC.2',
      title: 'look the container up',
      ops: [
        branch(eq('container/fd.installed', 0), [
          fail('EBADF', 'the container fd is not open', { at: 'group' }),
        ]),
        staticBranch(
          { arg: 'container', kinds: ['container'] },
          [],
          [fail('EINVAL', 'the file is no container', { at: 'container/file' })],
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
      title: 'a container that has a driver attaches the group',
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
      title: 'record the container, join its list',
      ops: ifContainer([
        store('group.container', addressOf('container/container')),
        listAdd('group.container_next', GROUP_LIST, 'container/container'),
        increment('container/container.group_list'),
      ]),
    },
    {
      id: 'SETC.6',
      title: 'the group holds the container and is its first user',
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
      title: 'a container with groups and without a driver',
      ops: [
        branch(eq('container.group_list', 0), [
          fail('EINVAL', 'no group is in the container', { at: 'container', to: 'SETI.U' }),
        ]),
        branch(eq('container.iommu_driver', 1), [
          fail('EINVAL', 'a driver is set already', { at: 'container', to: 'SETI.U' }),
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
        fallible('iommu_driver_open', 'ENODEV', 'no driver supports it', {
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

/** UNSET_CONTAINER: the last user of the container, which is the group file itself, takes the group out. */
export const unsetContainer: Routine = {
  name: 'vfio_group_unset_container',
  cite: CITE,
  steps: [
    {
      id: 'UNSETC.1',
      title: 'container_users from 1 to 0, atomically',
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
    { id: 'UNSETC.2', title: 'the group is in no container', ops: [ret()] },
  ],
};

/** f_op->release of a group file. */
export const releaseGroup: Routine = {
  name: 'vfio_group_fops_release',
  cite: `drivers/vfio/vfio.c, v5.14; ${rfcPatch(2)}; ${domainSection('2.3')}`,
  steps: [
    ...dissolveContainerSteps('GRELEASE.1', 'GRELEASE.2'),
    { id: 'GRELEASE.2', title: 'one opener of the group less', ops: [...dropGroupOpen] },
    { id: 'GRELEASE.3', title: 'put the group', ops: [...putGroup, ret()] },
  ],
};

/** vfio_group_try_dissolve_container: one user less; the last one takes the group out of its container. */
export function dissolveContainerSteps(row: string, next: string): readonly StepSpec[] {
  return [
    {
      id: row,
      title: 'one user of the container less, if there is any',
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

/** Table UNSET_LOCKED, __vfio_group_unset_container: `group.container` is followed without a test, and cleared before the list is left. */
function unsetContainerSteps(prefix: string, next: string): readonly StepSpec[] {
  const step = (row: string, title: string, ops: readonly Op[]): StepSpec => ({
    id: `${prefix}UNSET.${row}`,
    title,
    cite: `${CITE}; __vfio_group_unset_container, ${domainSection('2.3')}`,
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
    step('3', 'the group has no container any more', [
      store('group.container', NULL),
      comment('wake_up(&group->container_q)'),
    ]),
    step('4', 'leave the list that the node is in', [
      branch(ne('group.container_next', NULL), [decrement('group.container_next.group_list')]),
      listDel('group.container_next', GROUP_LIST),
    ]),
    // The container is a local variable here: it is the one whose lock this task holds.
    step('5', 'the last group takes the driver along; unlock and put the container', [
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
