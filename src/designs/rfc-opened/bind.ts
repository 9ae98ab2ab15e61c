import type { CallBody, Routine } from '../../kernel/language/design';
import {
  alloc,
  driverOp,
  eq,
  fail,
  fallible,
  fdNumber,
  fget,
  free,
  goto,
  increment,
  lt,
  mutexLock,
  mutexUnlock,
  ne,
  NULL,
  onFault,
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
import { rfcPatch } from '../shared/citations';
import { checkViable } from '../shared/kernelDriver';
import { mmapBody } from '../shared/mmap';
import { supportedOn } from './iommufd';
import { deviceReset } from '../shared/deviceReset';
import { DOMAIN } from './iommufdObjects';
import { unbindSteps } from './vfioPci';

const CITE = `drivers/vfio/pci/vfio_pci.c, vfio_pci_ioctl; ${rfcPatch(8)}`;
const IOMMUFD_BIND_CITE = `drivers/iommu/iommufd/iommufd.c, iommufd_bind_device; ${rfcPatch(7)}`;
const CLAIM_CITE = `drivers/iommu/iommu.c, iommu_device_init_user_dma; ${rfcPatch(6)}`;

/** Operations on the iommufd argument; other kinds of file have failed before. */
const ifIommufd = (ops: readonly Op[]): readonly Op[] => [
  staticBranch({ arg: 'iommufd', kinds: ['iommufd'] }, ops),
];

const putCtx: readonly Op[] = ifIommufd([
  mutexUnlock('iommufd/ctx.lock'),
  refDec('iommufd/ctx.refs', [free('iommufd/ctx')]),
]);

const unlockIommuGroup = mutexUnlock('iommu_group.mutex');
const failClaim = (errno: 'EBUSY' | 'EINVAL', why: string): readonly Op[] => [
  unlockIommuGroup,
  fail(errno, why, { at: 'iommu_group', to: 'BIND.U4e' }),
];

/** iommu_device_init_user_dma: the same owner counts up. */
const claimDma: readonly Op[] = ifIommufd([
  mutexLock('iommu_group.mutex'),
  branch(
    ne('iommu_group.user_dma_owner_id', NULL),
    [
      branch(
        ne('iommu_group.user_dma_owner_id', addressOf('iommufd/ctx')),
        failClaim('EBUSY', 'the DMA of the group belongs to another iommufd'),
      ),
      increment('iommu_group.owner_cnt'),
    ],
    [
      branch(
        eq('iommu_group.domain', DOMAIN.attached),
        failClaim('EBUSY', 'the group is not on its default domain'),
      ),
      checkViable(failClaim('EINVAL', 'the group is not viable: a sibling has a kernel driver')),
      store('iommu_group.user_dma_owner_id', addressOf('iommufd/ctx')),
      store('iommu_group.owner_cnt', 1),
      store('iommu_group.domain', DOMAIN.none),
    ],
  ),
  unlockIommuGroup,
]);

/** VFIO_DEVICE_BIND_IOMMUFD, a command of vfio-pci's own ioctl handler; the file may come from either path. */
export const bindIommufd: Routine = {
  name: 'vfio_pci_ioctl, VFIO_DEVICE_BIND_IOMMUFD',
  cite: CITE,
  steps: [
    {
      id: 'BIND.1',
      title: 'check that the group has no container, without a lock',
      ops: [
        branch(ne('group.container', NULL), [
          fail('ENOTTY', 'the device is used through its group', { at: 'group' }),
        ]),
      ],
    },
    {
      id: 'BIND.2',
      title: 'copy the argument',
      ops: [fallible('copy_from_user', 'EFAULT', 'the argument cannot be read', { at: 'file' })],
    },
    {
      id: 'BIND.2b',
      title: 'check size, flags and fd of the argument',
      ops: [
        fallible('check', 'EINVAL', 'short argsz, unknown flags or a negative iommu_fd', {
          at: 'file',
        }),
      ],
    },
    { id: 'BIND.3a', title: 'lock the bind record', ops: [mutexLock('pci.videv_lock')] },
    {
      id: 'BIND.3b',
      title: 'check that the device is not bound',
      ops: [
        branch(ne('pci.videv', NULL), [
          fail('EBUSY', 'the device is already bound', { at: 'pci', to: 'BIND.U3' }),
        ]),
      ],
    },
    {
      id: 'BIND.4a',
      title: 'look up the iommufd; a file of another kind is never put',
      cite: IOMMUFD_BIND_CITE,
      ops: [
        branch(eq('iommufd/fd.installed', 0), [
          fail('EINVAL', 'the iommufd is not open', { at: 'file', to: 'BIND.U3' }),
        ]),
        staticBranch(
          { arg: 'iommufd', kinds: ['iommufd'] },
          [refInc('iommufd/ctx.refs')],
          [
            fget('iommufd/file'),
            fail('EINVAL', 'the file is not an iommufd', { at: 'iommufd/file', to: 'BIND.U3' }),
          ],
        ),
      ],
    },
    {
      id: 'BIND.4b',
      title: 'lock the iommufd',
      cite: IOMMUFD_BIND_CITE,
      ops: ifIommufd([mutexLock('iommufd/ctx.lock')]),
    },
    {
      id: 'BIND.4c',
      title: 'scan for the same device or cookie; a match jumps to the end with ret unset',
      cite: IOMMUFD_BIND_CITE,
      ops: ifIommufd([
        branch(lt(0, 'iommufd/ctx.device_xa'), [
          onFault('another device has this cookie', [store('pci.idev', NULL), goto('BIND.U4c')]),
        ]),
      ]),
    },
    {
      id: 'BIND.4d',
      title: 'allocate the iommufd_device',
      cite: IOMMUFD_BIND_CITE,
      ops: [
        fallible('kzalloc', 'ENOMEM', 'no memory', { at: 'file', to: 'BIND.U4d' }),
        alloc('idev'),
        store('idev.ictx', NULL),
        store('pci.idev', addressOf('idev')),
      ],
    },
    {
      id: 'BIND.4e',
      title: 'claim the DMA of the IOMMU group for this iommufd',
      cite: CLAIM_CITE,
      ops: claimDma,
    },
    {
      id: 'BIND.4f',
      title: 'allocate an id in the xarray, before the object is initialised',
      cite: IOMMUFD_BIND_CITE,
      ops: ifIommufd([
        fallible('xa_alloc', 'ENOMEM', 'no id, or no memory', {
          at: 'iommufd/ctx',
          to: 'BIND.U4f',
        }),
        store('idev.in_device_xa', 1),
        increment('iommufd/ctx.device_xa'),
      ]),
    },
    {
      id: 'BIND.4g',
      title: 'initialise the object, unlock the iommufd',
      cite: IOMMUFD_BIND_CITE,
      ops: ifIommufd([
        store('idev.ictx', addressOf('iommufd/ctx')),
        mutexUnlock('iommufd/ctx.lock'),
      ]),
    },
    {
      id: 'BIND.5',
      title: 'allocate the bind record',
      ops: [
        fallible('kzalloc', 'ENOMEM', 'no memory', { at: 'pci', to: 'BIND.U5:IUNBIND.1' }),
        alloc('videv'),
      ],
    },
    {
      id: 'BIND.6a',
      title: 'initialise it, and clear block_access',
      ops: [
        store('videv.idev', 'pci.idev'),
        store('pci.idev', NULL),
        ...ifIommufd([store('videv.iommu_fd', fdNumber('iommufd'))]),
        store('videv.ioasid', NULL),
        branch(ne('pci.block_access', 0), [store('pci.block_access', 0)]),
      ],
    },
    {
      id: 'BIND.6b',
      title: 'publish the bind record, after block_access',
      ops: [store('pci.videv', addressOf('videv'))],
    },
    { id: 'BIND.6c', title: 'unlock the bind record', ops: [mutexUnlock('pci.videv_lock'), ret()] },
    {
      id: 'BIND.U4c',
      title:
        'undo of a match: unlock and put the iommufd; ret is 0, which the caller takes for success',
      cite: IOMMUFD_BIND_CITE,
      ops: [...putCtx, goto('BIND.5')],
    },
    {
      id: 'BIND.U4f',
      title:
        'undo of the id: idev was overwritten by an error pointer, and idev->dev is read through it',
      cite: IOMMUFD_BIND_CITE,
      ops: [store('pci.idev', NULL), withPointer('pci.idev', 'idev', []), goto('BIND.U4d')],
    },
    {
      id: 'BIND.U4e',
      title: 'undo: free the iommufd_device',
      cite: IOMMUFD_BIND_CITE,
      ops: [store('pci.idev', NULL), free('idev')],
    },
    {
      id: 'BIND.U4d',
      title: 'undo: unlock and put the iommufd',
      cite: IOMMUFD_BIND_CITE,
      ops: [...putCtx, goto('BIND.U3')],
    },
    ...unbindSteps('BIND.U5:', 'pci.idev', 'BIND.U5b'),
    {
      id: 'BIND.U5b',
      title: 'undo: clear the pointer to the object',
      ops: [store('pci.idev', NULL)],
    },
    {
      id: 'BIND.U3',
      title: 'undo: unlock the bind record',
      ops: [mutexUnlock('pci.videv_lock'), ret()],
    },
  ],
};

const VFIO_PCI_CITE = `drivers/vfio/pci/vfio_pci.c; ${rfcPatch(5)}`;

/** device_io of the RFC: an ioctl, which is not checked, then a read, write or mmap, which block_access blocks. */
const deviceCallRoutine: Routine = {
  name: 'vfio_pci_ioctl, vfio_pci_rw and vfio_pci_mmap',
  cite: VFIO_PCI_CITE,
  steps: [
    {
      id: 'GATE.1',
      title: 'an ioctl reaches the driver without a check',
      ops: [driverOp('ioctl', { file: 'file' })],
    },
    {
      id: 'GATE.2',
      title: 'a read, write or mmap checks block_access',
      ops: [
        branch(ne('pci.block_access', 0), [
          fail('ENODEV', 'access is blocked until the bind', { at: 'pci' }),
        ]),
      ],
    },
    {
      id: 'GATE.3',
      title: 'run the op of the driver',
      ops: [driverOp('read, write or mmap', { file: 'file' }), ret()],
    },
  ],
};

const resetRoutine = deviceReset({
  entry: [],
  cite: 'drivers/vfio/pci/vfio_pci.c, VFIO_DEVICE_RESET, v5.14',
  pciCite: 'drivers/pci/pci.c, pci_try_reset_function, v5.14',
});

/** reset: VFIO_DEVICE_RESET, which is not checked. */
export const reset: CallBody = supportedOn({ cdev: resetRoutine, device: resetRoutine }, 'RESET.1');
/** mmap(2) of a device fd of either path. */
export const mapDevice: CallBody = mmapBody(VFIO_PCI_CITE, (onError) => [
  {
    id: 'GATE.2',
    title: 'vfio_pci_mmap checks block_access',
    cite: VFIO_PCI_CITE,
    ops: [
      branch(ne('pci.block_access', 0), [
        fail('ENODEV', 'access is blocked until the bind', { at: 'pci', to: onError }),
      ]),
    ],
  },
]);

/** device_io: read, write, mmap or ioctl on a device fd of either path. */
export const deviceIo: CallBody = supportedOn(
  { cdev: deviceCallRoutine, device: deviceCallRoutine },
  'GATE.1',
);
