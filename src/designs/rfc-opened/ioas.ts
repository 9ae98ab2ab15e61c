import type { Routine, StepSpec } from '../../kernel/language/design';
import {
  alloc,
  decrement,
  eq,
  fail,
  fallible,
  fdNumber,
  free,
  goto,
  increment,
  live,
  modelLimit,
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
  staticBranch,
  store,
  branch,
  withPointer,
} from '../../kernel/language/primitives';
import type { Op, StatePath } from '../../kernel/language/primitives';
import { rfcPatch } from '../shared/citations';
import { ID_OF_ANOTHER_IOMMUFD } from '../shared/iommufd/attach';
import { DOMAIN } from './iommufdObjects';

/** ioas_put with the context's lock held: the last reference frees it, which puts the context. */
export const putIoas = (ioas: StatePath, ictx: StatePath): Op =>
  refDec(`${ioas}.refs`, [free(ioas), refDec(`${ictx}.refs`)]);

/** IOMMU_IOASID_ALLOC. */
export const ioasidAlloc: Routine = {
  name: 'iommufd_ioasid_alloc',
  cite: `drivers/iommu/iommufd/iommufd.c; ${rfcPatch(11)}`,
  steps: [
    {
      id: 'IOAS.1',
      title: 'allocate an address space and its id, with a reference on the context',
      ops: [
        mutexLock('ctx.lock'),
        fallible('kzalloc', 'ENOMEM', 'no memory', {
          at: 'ctx',
          before: [mutexUnlock('ctx.lock')],
        }),
        alloc('ioas/ioas'),
        store('ioas/ioas.refs', 1),
        refInc('ctx.refs'),
        mutexUnlock('ctx.lock'),
        ret(),
      ],
    },
  ],
};

const dereferenceNullIoas: readonly Op[] = [
  withPointer('iommufd/ctx.ioas', 'ioas', []),
  mutexUnlock('iommufd/ctx.lock'),
  fail('EINVAL', 'no such id', { at: 'iommufd/ctx' }),
];

/** IOMMU_IOASID_FREE, used for the destroy call; the RFC has no call that destroys a bound device. */
export const ioasidFree: Routine = {
  name: 'iommufd_ioasid_free',
  cite: `drivers/iommu/iommufd/iommufd.c; ${rfcPatch(11)}`,
  steps: [
    {
      id: 'FREE.1',
      title:
        'put the address space if unused; the lookup is checked for an error pointer, not for NULL',
      ops: [
        staticBranch(
          'object-is-ioas',
          [
            mutexLock('iommufd/ctx.lock'),
            staticBranch(
              'same-iommufd',
              [],
              [
                mutexUnlock('iommufd/ctx.lock'),
                modelLimit(ID_OF_ANOTHER_IOMMUFD, { at: 'iommufd/ctx' }),
              ],
            ),
            branch(live('object/ioas'), [], dereferenceNullIoas),
            branch(lt(1, 'object/ioas.refs'), [
              mutexUnlock('iommufd/ctx.lock'),
              fail('EBUSY', 'the address space is in use', { at: 'object/ioas' }),
            ]),
            putIoas('object/ioas', 'iommufd/ctx'),
            mutexUnlock('iommufd/ctx.lock'),
            comment('the return value was never set: here it is 0'),
          ],
          [fail('EINVAL', 'the iommufd has no command for a device', { at: 'iommufd/ctx' })],
        ),
        ret(),
      ],
    },
  ],
};

const mapIoasid = (map: boolean): Routine => {
  const fails = (errno: 'EINVAL' | 'EEXIST' | 'ENOENT', why: string): readonly Op[] => [
    mutexUnlock('iommufd/ctx.lock'),
    fail(errno, why, { at: 'iommufd/ctx' }),
  ];
  const missing = fails('EINVAL', 'no such address space');
  return {
    name: map ? 'iommufd_process_dma_op, map' : 'iommufd_process_dma_op, unmap',
    cite: `drivers/iommu/iommufd/iommufd.c; ${rfcPatch(18)}`,
    steps: [
      {
        id: map ? 'IOMAP.1' : 'IOUNMAP.1',
        title: map ? 'map the memory in the address space' : 'unmap the range',
        confidence: 'MEM',
        ops: [
          mutexLock('iommufd/ctx.lock'),
          staticBranch('same-iommufd', [branch(live('ioas/ioas'), [], missing)], missing),
          ...(map
            ? [
                branch(ne('ioas/ioas.mapped', 0), fails('EEXIST', 'the range is already mapped')),
                store('ioas/ioas.mapped', 1),
              ]
            : [store('ioas/ioas.mapped', 0)]),
          mutexUnlock('iommufd/ctx.lock'),
          ret(),
        ],
      },
    ],
  };
};

/** IOMMU_MAP_DMA and IOMMU_UNMAP_DMA on an address space, with the code of type1. */
export const ioasidMap = mapIoasid(true);
export const ioasidUnmap = mapIoasid(false);

const ATTACH_CITE = `drivers/vfio/pci/vfio_pci.c and drivers/iommu/iommufd/iommufd.c; ${rfcPatch(14)}; ${rfcPatch(15)}`;

const failIfInContainer = branch(ne('group.container', NULL), [
  fail('ENOTTY', 'the device is used through its group', { at: 'group' }),
]);
const copyArgument = fallible('copy_from_user', 'EFAULT', 'the argument cannot be read', {
  at: 'file',
});
const CHECK_ARGUMENT_TITLE = 'check size, flags, fd and id of the argument';
const checkArgument = fallible(
  'check',
  'EINVAL',
  'short argsz, unknown flags, or a negative iommu_fd or ioasid',
  { at: 'file' },
);
const withBoundContext = (ops: readonly Op[]): readonly Op[] => [
  staticBranch({ arg: 'ioas', kinds: ['iommufd'] }, ops),
];

/** VFIO_DEVICE_ATTACH_IOASID: one address space per device, of the iommufd that it is bound to. */
export const attachIoasid: Routine = {
  name: 'vfio_pci_ioctl, VFIO_DEVICE_ATTACH_IOASID',
  cite: ATTACH_CITE,
  steps: [
    {
      id: 'ATTACH.1',
      title: 'check that the group has no container, without a lock',
      ops: [failIfInContainer],
    },
    { id: 'ATTACH.2', title: 'copy the argument', ops: [copyArgument] },
    { id: 'ATTACH.2b', title: CHECK_ARGUMENT_TITLE, ops: [checkArgument] },
    { id: 'ATTACH.3', title: 'lock the bind record', ops: [mutexLock('pci.videv_lock')] },
    {
      id: 'ATTACH.4',
      title:
        'compare the fd number with the one of the bind; check that the device is not attached',
      cite: `drivers/vfio/pci/vfio_pci.c; ${rfcPatch(15)}`,
      ops: [
        branch(eq('pci.videv', NULL), [
          fail('EINVAL', 'the device is not bound', { at: 'pci', to: 'ATTACH.U3' }),
        ]),
        branch(ne('videv.iommu_fd', fdNumber('ioas')), [
          fail('EINVAL', 'the number is not the one that the bind was given', {
            at: 'videv',
            to: 'ATTACH.U3',
          }),
        ]),
        // Another iommufd with this number passes the check; the id is then looked up in the bound one.
        branch(ne('videv.idev.ictx', addressOf('ioas/ctx')), [
          modelLimit(ID_OF_ANOTHER_IOMMUFD, { at: 'videv', to: 'ATTACH.U3' }),
        ]),
        branch(ne('videv.ioasid', NULL), [
          fail('EBUSY', 'the device is already attached', { at: 'videv', to: 'ATTACH.U3' }),
        ]),
      ],
    },
    {
      id: 'ATTACH.5a',
      title: 'find the address space and take a reference',
      ops: [
        mutexLock('videv.idev.ictx.lock'),
        branch(
          live('ioas/ioas'),
          [refInc('ioas/ioas.refs')],
          [
            mutexUnlock('videv.idev.ictx.lock'),
            fail('EINVAL', 'no such address space', { at: 'ioas/ctx', to: 'ATTACH.U3' }),
          ],
        ),
        mutexUnlock('videv.idev.ictx.lock'),
      ],
    },
    {
      id: 'ATTACH.5b',
      title: 'lock it and check that the device is compatible',
      ops: withBoundContext([
        mutexLock('ioas/ioas.lock'),
        fallible('ioas_check_device_compatibility', 'EINVAL', 'the device is not compatible', {
          at: 'ioas/ioas',
          to: 'ATTACH.U5b',
        }),
      ]),
    },
    {
      id: 'ATTACH.5c',
      title: 'iommu_attach_device: the devices of a group share one domain',
      cite: `drivers/iommu/iommu.c; ${rfcPatch(13)}`,
      ops: [
        mutexLock('iommu_group.mutex'),
        branch(
          eq('iommu_group.domain', DOMAIN.attached),
          [
            branch(ne('iommu_group.domain_of', addressOf('ioas/ioas')), [
              mutexUnlock('iommu_group.mutex'),
              fail('EBUSY', 'the group is attached to another domain', {
                at: 'iommu_group',
                to: 'ATTACH.U5b',
              }),
            ]),
            increment('iommu_group.attach_cnt'),
          ],
          [
            store('iommu_group.domain', DOMAIN.attached),
            store('iommu_group.domain_of', addressOf('ioas/ioas')),
            store('iommu_group.attach_cnt', 1),
          ],
        ),
        mutexUnlock('iommu_group.mutex'),
      ],
    },
    {
      id: 'ATTACH.5d',
      title: 'add to the list of the address space',
      ops: [increment('ioas/ioas.device_list'), mutexUnlock('ioas/ioas.lock')],
    },
    {
      id: 'ATTACH.6',
      title: 'record the address space',
      ops: [store('videv.ioasid', addressOf('ioas/ioas')), mutexUnlock('pci.videv_lock'), ret()],
    },
    {
      id: 'ATTACH.U5b',
      title: 'undo: unlock the address space',
      ops: [mutexUnlock('ioas/ioas.lock')],
    },
    {
      id: 'ATTACH.U5a',
      title: 'undo: put the address space',
      ops: [
        mutexLock('ioas/ctx.lock'),
        putIoas('ioas/ioas', 'ioas/ctx'),
        mutexUnlock('ioas/ctx.lock'),
      ],
    },
    {
      id: 'ATTACH.U3',
      title: 'undo: unlock the bind record',
      ops: [mutexUnlock('pci.videv_lock'), ret()],
    },
  ],
};

/** VFIO_DEVICE_DETACH_IOASID. */
export const detachIoasid: Routine = {
  name: 'vfio_pci_ioctl, VFIO_DEVICE_DETACH_IOASID',
  cite: ATTACH_CITE,
  steps: [
    {
      id: 'DETACH.1',
      title: 'check that the group has no container, without a lock',
      ops: [failIfInContainer],
    },
    { id: 'DETACH.2', title: 'copy the argument', ops: [copyArgument] },
    { id: 'DETACH.2b', title: CHECK_ARGUMENT_TITLE, ops: [checkArgument] },
    { id: 'DETACH.3', title: 'lock the bind record', ops: [mutexLock('pci.videv_lock')] },
    {
      id: 'DETACH.4',
      title: 'check that the device is bound and attached, and compare fd number and id',
      ops: [
        branch(eq('pci.videv', NULL), [
          fail('EINVAL', 'the device is not bound', { at: 'pci', to: 'DETACH.6' }),
        ]),
        branch(eq('videv.ioasid', NULL), [
          fail('EINVAL', 'the device is not attached', { at: 'videv', to: 'DETACH.6' }),
        ]),
        fallible('compare', 'EINVAL', 'another iommu_fd or ioasid than those of the attach', {
          at: 'videv',
          to: 'DETACH.6',
        }),
      ],
    },
    ...detachSteps('DETACH.5:', 'DETACH.6'),
    {
      id: 'DETACH.6',
      title: 'unlock the bind record',
      ops: [mutexUnlock('pci.videv_lock'), ret()],
    },
  ],
};

/** IDETACH: detaches the device of `videv` from its address space; `videv_lock` is held. */
export function detachSteps(prefix: string, next: string): readonly StepSpec[] {
  const step = (
    row: string,
    title: string,
    ops: readonly Op[],
    cite = `drivers/iommu/iommufd/iommufd.c, iommufd_device_detach_ioasid; ${rfcPatch(14)}`,
  ): StepSpec => ({ id: `${prefix}IDETACH.${row}`, title, cite, ops });
  return [
    step('1', 'lock the address space', [mutexLock('videv.ioasid.lock')]),
    step(
      '2',
      'iommu_detach_device: the last device leaves the group without a domain',
      [
        mutexLock('iommu_group.mutex'),
        decrement('iommu_group.attach_cnt'),
        branch(eq('iommu_group.attach_cnt', 0), [
          store('iommu_group.domain', DOMAIN.none),
          store('iommu_group.domain_of', NULL),
        ]),
        mutexUnlock('iommu_group.mutex'),
      ],
      `drivers/iommu/iommu.c; ${rfcPatch(13)}`,
    ),
    step('3', 'remove from the list of the address space', [
      decrement('videv.ioasid.device_list'),
      mutexUnlock('videv.ioasid.lock'),
    ]),
    step('4', 'put the address space', [
      mutexLock('videv.idev.ictx.lock'),
      putIoas('videv.ioasid', 'videv.idev.ictx'),
      mutexUnlock('videv.idev.ictx.lock'),
      store('videv.ioasid', NULL),
      goto(next),
    ]),
  ];
}
