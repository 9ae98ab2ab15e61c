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
  mutexLock,
  mutexUnlock,
  ne,
  NULL,
  addressOf,
  refDec,
  refInc,
  ret,
  staticBranch,
  store,
  branch,
  withPointer,
} from '../../kernel/language/primitives';
import type { Op } from '../../kernel/language/primitives';
import { groupClaimDmaOwner, groupReleaseDmaOwner } from '../shared/iommuGroup';
import { putGroup, groupLookup } from '../parked-shim/open';
import { asDerived } from '../parked-shim/bind';
import { REPLY_MAIL, kernelFacts } from '../shared/citations';
import type { SplitOptions } from './options';
import { extraOpenGroupSteps, extraReleaseGroupSteps } from './extraState';
import { SPLIT_DOMAIN } from './objects';

const LEGACY_CITE = `drivers/vfio/vfio.c, v5.14, with its state under one lock per group; ${kernelFacts('Type1 kept separate')}`;

/** Operations on the container argument; other kinds of file have failed before. */
const ifContainer = (ops: readonly Op[]): readonly Op[] => [
  staticBranch({ arg: 'container', kinds: ['container'] }, ops),
];

/** open(2) of /dev/vfio/vfio. */
export const openContainer: Routine = {
  name: 'vfio_fops_open',
  cite: LEGACY_CITE,
  steps: [
    {
      id: 'COPEN.1',
      title: 'allocate the container',
      confidence: 'SRC',
      ops: [
        fallible('kzalloc', 'ENOMEM', 'no memory'),
        alloc('container'),
        store('container.kref', 1),
      ],
    },
    { id: 'COPEN.2', title: 'install the fd', confidence: 'SRC', ops: [fdInstall(), ret()] },
  ],
};

/** f_op->release of a container file; groups in the container keep it allocated. */
export const releaseContainer: Routine = {
  name: 'vfio_fops_release',
  cite: LEGACY_CITE,
  steps: [
    {
      id: 'CREL.1',
      title: 'put the container',
      confidence: 'SRC',
      ops: [refDec('container.kref', [free('container')]), ret()],
    },
  ],
};

/** Removes the group from its container; `group.group_lock` is held. Continues at step `next`. */
export function detachContainerSteps(
  prefix: string,
  choice: SplitOptions,
  next: string,
): readonly StepSpec[] {
  const step = (id: string, title: string, ops: readonly Op[]): StepSpec => ({
    id: `${prefix}${id}`,
    title,
    cite: LEGACY_CITE,
    confidence: 'DERIVED',
    ops,
  });
  return [
    step('DETACHC.1', 'lock the container', [mutexLock('group.container.group_lock')]),
    choice.type1ClaimsOwner
      ? asDerived(groupReleaseDmaOwner(`${prefix}DETACHC.2`))
      : step('DETACHC.2', 'type1 detaches the group', [
          branch(eq('group.container.iommu_driver', 1), [
            store('iommu_group.domain', SPLIT_DOMAIN.default),
          ]),
        ]),
    step('DETACHC.3', 'remove the group; with the last one, release the iommu driver', [
      withPointer('group.container', 'left', [
        decrement('left.groups'),
        branch(eq('left.groups', 0), [store('left.iommu_driver', 0)]),
        store('group.container', NULL),
        store('group.container_users', 0),
        mutexUnlock('left.group_lock'),
        refDec('left.kref', [free('left')]),
      ]),
      goto(next),
    ]),
  ];
}

/** SET_CONTAINER; with `type1ClaimsOwner` it fails if the group has a DMA owner. */
export function setContainer(choice: SplitOptions): Routine {
  return {
    name: 'vfio_group_set_container',
    cite: LEGACY_CITE,
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
            { arg: 'container', kinds: ['container'] },
            [],
            [fail('EINVAL', 'the file is not a container', { at: 'container/file' })],
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
            fail('EINVAL', 'a container is already set', { at: 'group', to: 'SETC.U2' }),
          ]),
        ],
      },
      {
        id: 'SETC.4',
        title: 'lock the container',
        confidence: 'DERIVED',
        ops: ifContainer([mutexLock('container/container.group_lock')]),
      },
      ...(choice.type1ClaimsOwner
        ? [
            asDerived({
              ...groupClaimDmaOwner({
                id: 'SETC.5',
                owner: addressOf('group'),
                onError: 'SETC.U1',
              }),
              cite: `drivers/iommu/iommu.c, iommu_group_claim_dma_owner, v5.19; ${kernelFacts('Type1 kept separate')}; ${REPLY_MAIL}`,
            }),
          ]
        : []),
      {
        id: 'SETC.6',
        title: 'if the container has an iommu driver, attach the group',
        confidence: 'DERIVED',
        ops: ifContainer([
          branch(eq('container/container.iommu_driver', 1), [
            store('iommu_group.domain', SPLIT_DOMAIN.type1),
          ]),
        ]),
      },
      {
        id: 'SETC.7',
        title: 'record the container',
        confidence: 'DERIVED',
        ops: ifContainer([
          store('group.container', addressOf('container/container')),
          store('group.container_users', 1),
          increment('container/container.groups'),
          refInc('container/container.kref'),
          mutexUnlock('container/container.group_lock'),
          mutexUnlock('group.group_lock'),
          fput('container/file'),
          ret(),
        ]),
      },
      {
        id: 'SETC.U1',
        title: 'undo: unlock the container',
        confidence: 'DERIVED',
        ops: ifContainer([mutexUnlock('container/container.group_lock')]),
      },
      {
        id: 'SETC.U2',
        title: 'undo: unlock the group, put the container file',
        confidence: 'DERIVED',
        ops: [mutexUnlock('group.group_lock'), fput('container/file'), ret()],
      },
    ],
  };
}

/** UNSET_CONTAINER: fails while device fds use the container. */
export function unsetContainer(choice: SplitOptions): Routine {
  return {
    name: 'vfio_group_unset_container',
    cite: LEGACY_CITE,
    steps: [
      {
        id: 'UNSETC.1',
        title: 'lock the group',
        confidence: 'DERIVED',
        ops: [mutexLock('group.group_lock')],
      },
      {
        id: 'UNSETC.2',
        title: 'check that the container is set and unused',
        confidence: 'DERIVED',
        ops: [
          branch(eq('group.container', NULL), [
            mutexUnlock('group.group_lock'),
            fail('EINVAL', 'no container is set', { at: 'group' }),
          ]),
          branch(ne('group.container_users', 1), [
            mutexUnlock('group.group_lock'),
            fail('EBUSY', 'device fds use the container', { at: 'group' }),
          ]),
        ],
      },
      ...detachContainerSteps('UNSETC.3:', choice, 'UNSETC.4'),
      {
        id: 'UNSETC.4',
        title: 'unlock the group',
        confidence: 'DERIVED',
        ops: [mutexUnlock('group.group_lock'), ret()],
      },
    ],
  };
}

/** SET_IOMMU: opens type1 and attaches every group of the container. */
export const setIommu: Routine = {
  name: 'vfio_ioctl_set_iommu',
  cite: LEGACY_CITE,
  steps: [
    {
      id: 'SETI.1',
      title: 'lock the container',
      confidence: 'SRC',
      ops: [mutexLock('container.group_lock')],
    },
    {
      id: 'SETI.2',
      title: 'check that the container has groups and no driver',
      confidence: 'SRC',
      ops: [
        branch(eq('container.groups', 0), [
          mutexUnlock('container.group_lock'),
          fail('EINVAL', 'no group is attached', { at: 'container' }),
        ]),
        branch(eq('container.iommu_driver', 1), [
          mutexUnlock('container.group_lock'),
          fail('EINVAL', 'a driver is already set', { at: 'container' }),
        ]),
        fallible('iommu_driver_open', 'ENODEV', 'no driver supports the type', {
          at: 'container',
          before: [mutexUnlock('container.group_lock')],
        }),
      ],
    },
    {
      id: 'SETI.3',
      title: 'attach every group, record the driver',
      confidence: 'SRC',
      ops: [
        forEach('group', undefined, 'member', [
          branch(eq('member.container', addressOf('container')), [
            store('member.iommu_group.domain', SPLIT_DOMAIN.type1),
          ]),
        ]),
        store('container.iommu_driver', 1),
        mutexUnlock('container.group_lock'),
        ret(),
      ],
    },
  ],
};

/** open(2) of /dev/vfio/$GROUP. */
export function openGroup({ extraState }: SplitOptions): Routine {
  return {
    name: 'vfio_group_fops_open',
    cite: LEGACY_CITE,
    steps: [
      groupLookup,
      {
        id: 'GOPEN.2',
        title: 'lock the group',
        confidence: 'DERIVED',
        ops: [mutexLock('group.group_lock')],
      },
      {
        id: 'GOPEN.3',
        title: 'check that the group is not open and has no container from an earlier session',
        confidence: 'DERIVED',
        ops: [
          branch(ne('group.opened', 0), [
            fail('EBUSY', 'the group is already open', { at: 'group', to: 'GOPEN.U1' }),
          ]),
          branch(ne('group.container', NULL), [
            fail('EBUSY', 'device fds of an earlier session use the container', {
              at: 'group',
              to: 'GOPEN.U1',
            }),
          ]),
        ],
      },
      ...extraOpenGroupSteps(extraState, 'GOPEN.U1'),
      {
        id: 'GOPEN.4',
        title: 'the group is open',
        confidence: 'DERIVED',
        ops: [store('group.opened', 1), mutexUnlock('group.group_lock'), fdInstall(), ret()],
      },
      {
        id: 'GOPEN.U1',
        title: 'undo: unlock the group',
        confidence: 'DERIVED',
        ops: [mutexUnlock('group.group_lock')],
      },
      { id: 'GOPEN.U', title: 'undo: put the group', confidence: 'DERIVED', ops: [...putGroup] },
      { id: 'GOPEN.V', title: 'return the error', confidence: 'DERIVED', ops: [ret()] },
    ],
  };
}

/** f_op->release of a group file; device fds keep the container set. */
export function releaseGroup(choice: SplitOptions): Routine {
  return {
    name: 'vfio_group_fops_release',
    cite: LEGACY_CITE,
    steps: [
      {
        id: 'GREL.1',
        title: 'lock the group',
        confidence: 'DERIVED',
        ops: [mutexLock('group.group_lock')],
      },
      {
        id: 'GREL.2',
        title: "drop the group file's use of the container",
        confidence: 'DERIVED',
        ops: [
          branch(eq('group.container', NULL), [goto('GREL.2b')]),
          decrement('group.container_users'),
          branch(ne('group.container_users', 0), [goto('GREL.2b')]),
        ],
      },
      ...detachContainerSteps('GREL.2:', choice, 'GREL.2b'),
      {
        id: 'GREL.2b',
        title: 'clear opened: the group can be opened again',
        confidence: 'DERIVED',
        ops: [store('group.opened', 0)],
      },
      ...extraReleaseGroupSteps(choice.extraState),
      {
        id: 'GREL.4',
        title: 'unlock the group',
        confidence: 'DERIVED',
        ops: [mutexUnlock('group.group_lock')],
      },
      { id: 'GREL.5', title: 'put the group', confidence: 'DERIVED', ops: [...putGroup] },
      { id: 'GREL.6', title: 'free the group file', confidence: 'DERIVED', ops: [ret()] },
    ],
  };
}
