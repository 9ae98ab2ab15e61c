import type { Routine, StepSpec } from '../../kernel/design';
import {
  alloc,
  decrement,
  eq,
  fail,
  fallible,
  free,
  goto,
  increment,
  live,
  lt,
  mutexLock,
  mutexUnlock,
  ne,
  NULL,
  ref,
  refDec,
  refInc,
  ret,
  say,
  staticTest,
  store,
  test,
  withPointer,
} from '../../kernel/primitives';
import type { Op, Path } from '../../kernel/primitives';
import { rfcPatch, section } from '../thread2021';
import { DOMAIN } from './iommufdObjects';

/** ioas_put with the context's lock held: the last reference frees it, which puts the context. */
export const putIoas = (ioas: Path, ictx: Path): Op =>
  refDec(`${ioas}.refs`, [free(ioas), refDec(`${ictx}.refs`)]);

/** IOMMU_IOASID_ALLOC. */
export const ioasidAlloc: Routine = {
  name: 'iommufd_ioasid_alloc',
  cite: `drivers/iommu/iommufd/iommufd.c; ${rfcPatch(11)}`,
  steps: [
    {
      id: 'IOAS.1',
      title: 'allocate an address space and its id; it holds the context',
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

const followsNull: readonly Op[] = [
  withPointer('iommufd/ctx.ioas', 'ioas', []),
  mutexUnlock('iommufd/ctx.lock'),
  fail('EINVAL', 'no such id', { at: 'iommufd/ctx' }),
];

/** IOMMU_IOASID_FREE stands for the destroy call; there is no call that destroys a bound device. */
export const ioasidFree: Routine = {
  name: 'iommufd_ioasid_free',
  cite: `drivers/iommu/iommufd/iommufd.c; ${rfcPatch(11)}`,
  steps: [
    {
      id: 'FREE.1',
      title:
        'put the address space if nobody uses it; an unknown id is looked for an error pointer, not for NULL',
      ops: [
        staticTest(
          'object-is-ioas',
          [
            mutexLock('iommufd/ctx.lock'),
            staticTest('same-iommufd', [], followsNull),
            test(live('object/ioas'), [], followsNull),
            test(lt(1, 'object/ioas.refs'), [
              mutexUnlock('iommufd/ctx.lock'),
              fail('EBUSY', 'the address space is in use', { at: 'object/ioas' }),
            ]),
            putIoas('object/ioas', 'iommufd/ctx'),
            mutexUnlock('iommufd/ctx.lock'),
            say('the return value was never set: here it is 0'),
          ],
          [fail('EINVAL', 'the iommufd has no command for a device', { at: 'iommufd/ctx' })],
        ),
        ret(),
      ],
    },
  ],
};

const ATTACH = `drivers/vfio/pci/vfio_pci.c and drivers/iommu/iommufd/iommufd.c; ${rfcPatch(14)}; ${rfcPatch(15)}`;

const inContainer = test(ne('group.container', NULL), [
  fail('ENOTTY', 'the device is used through its group', { at: 'group' }),
]);
const readArgument = fallible('copy_from_user', 'EFAULT', 'the argument cannot be read', {
  at: 'file',
});
const ofIommufd = (ops: readonly Op[]): readonly Op[] => [
  staticTest({ arg: 'ioas', kinds: ['iommufd'] }, ops),
];

/** VFIO_DEVICE_ATTACH_IOASID: one address space a device, of the iommufd that it is bound to. */
export const attachIoasid: Routine = {
  name: 'vfio_pci_ioctl, VFIO_DEVICE_ATTACH_IOASID',
  cite: ATTACH,
  steps: [
    { id: 'ATTACH.1', title: 'is the group in a container? (no lock)', ops: [inContainer] },
    { id: 'ATTACH.2', title: 'copy the argument', ops: [readArgument] },
    { id: 'ATTACH.3', title: 'lock the bind', ops: [mutexLock('pci.videv_lock')] },
    {
      id: 'ATTACH.4',
      title: 'bound to this iommufd, and not yet attached?',
      ops: [
        test(eq('pci.videv', NULL), [
          fail('EINVAL', 'the device is not bound', { at: 'pci', to: 'ATTACH.U3' }),
        ]),
        test(ne('videv.iommu_fd', ref('ioas/ctx')), [
          fail('EINVAL', 'the device is bound to another iommufd', {
            at: 'videv',
            to: 'ATTACH.U3',
          }),
        ]),
        test(ne('videv.ioasid', NULL), [
          fail('EBUSY', 'the device is attached already', { at: 'videv', to: 'ATTACH.U3' }),
        ]),
      ],
    },
    {
      id: 'ATTACH.5a',
      title: 'find the address space and take a reference',
      ops: [
        mutexLock('videv.idev.ictx.lock'),
        test(
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
      title: 'lock it; does the device fit?',
      ops: ofIommufd([
        mutexLock('ioas/ioas.lock'),
        fallible('ioas_check_device_compatibility', 'EINVAL', 'the device does not fit', {
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
        test(
          eq('iommu_group.domain', DOMAIN.attached),
          [
            test(ne('iommu_group.domain_of', ref('ioas/ioas')), [
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
            store('iommu_group.domain_of', ref('ioas/ioas')),
            store('iommu_group.attach_cnt', 1),
          ],
        ),
        mutexUnlock('iommu_group.mutex'),
      ],
    },
    {
      id: 'ATTACH.5d',
      title: 'join the list of the address space',
      ops: [increment('ioas/ioas.device_list'), mutexUnlock('ioas/ioas.lock')],
    },
    {
      id: 'ATTACH.6',
      title: 'remember the address space',
      ops: [store('videv.ioasid', ref('ioas/ioas')), mutexUnlock('pci.videv_lock'), ret()],
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
      title: 'undo: unlock the bind',
      ops: [mutexUnlock('pci.videv_lock'), ret()],
    },
  ],
};

/** VFIO_DEVICE_DETACH_IOASID. */
export const detachIoasid: Routine = {
  name: 'vfio_pci_ioctl, VFIO_DEVICE_DETACH_IOASID',
  cite: ATTACH,
  steps: [
    { id: 'DETACH.1', title: 'is the group in a container? (no lock)', ops: [inContainer] },
    { id: 'DETACH.2', title: 'copy the argument', ops: [readArgument] },
    { id: 'DETACH.3', title: 'lock the bind', ops: [mutexLock('pci.videv_lock')] },
    {
      id: 'DETACH.4',
      title: 'bound and attached?',
      ops: [
        test(eq('pci.videv', NULL), [
          fail('EINVAL', 'the device is not bound', { at: 'pci', to: 'DETACH.6' }),
        ]),
        test(eq('videv.ioasid', NULL), [
          fail('EINVAL', 'the device is not attached', { at: 'videv', to: 'DETACH.6' }),
        ]),
      ],
    },
    ...detachRows('DETACH.5:', 'DETACH.6'),
    { id: 'DETACH.6', title: 'unlock the bind', ops: [mutexUnlock('pci.videv_lock'), ret()] },
  ],
};

/** IDETACH: takes the device of `videv` off its address space; `videv_lock` is held. */
export function detachRows(prefix: string, next: string): readonly StepSpec[] {
  const step = (
    row: string,
    title: string,
    ops: readonly Op[],
    cite = `drivers/iommu/iommufd/iommufd.c, iommufd_device_detach_ioasid; ${rfcPatch(14)}; ${section('2.7')}`,
  ): StepSpec => ({ id: `${prefix}IDETACH.${row}`, title, cite, ops });
  return [
    step('1', 'lock the address space', [mutexLock('videv.ioasid.lock')]),
    step(
      '2',
      'iommu_detach_device: the last device leaves the group without a domain',
      [
        mutexLock('iommu_group.mutex'),
        decrement('iommu_group.attach_cnt'),
        test(eq('iommu_group.attach_cnt', 0), [
          store('iommu_group.domain', DOMAIN.none),
          store('iommu_group.domain_of', NULL),
        ]),
        mutexUnlock('iommu_group.mutex'),
      ],
      `drivers/iommu/iommu.c; ${rfcPatch(13)}`,
    ),
    step('3', 'leave the list of the address space', [
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
