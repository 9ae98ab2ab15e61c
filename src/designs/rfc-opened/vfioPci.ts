import type { StepSpec } from '../../kernel/language/design';
import {
  allOf,
  decrement,
  driverOp,
  eq,
  fallible,
  free,
  goto,
  increment,
  mutexLock,
  mutexUnlock,
  ne,
  notOf,
  NULL,
  refDec,
  comment,
  store,
  branch,
  withPointer,
} from '../../kernel/language/primitives';
import type { StatePath } from '../../kernel/language/primitives';
import { rfcPatch } from '../shared/citations';
import { hotResetByGroups } from '../shared/hotReset';
import { DRIVER } from '../shared/parentDevice';
import { detachSteps } from './ioas';
import { DOMAIN } from './iommufdObjects';

const OPEN_CITE = `drivers/vfio/pci/vfio_pci.c, vfio_pci_open; ${rfcPatch(5)}`;
const RELEASE_CITE = `drivers/vfio/pci/vfio_pci.c, vfio_pci_release; ${rfcPatch(8)}`;
const UNBIND_CITE = `drivers/iommu/iommufd/iommufd.c, iommufd_unbind_device; ${rfcPatch(7)}`;

/** VFIO_DEVICE_PCI_HOT_RESET: the RFC leaves it as it was, so only a user of the group path can reset. */
export const hotReset = hotResetByGroups({
  entry: [],
  ready: allOf(
    ne('g/group.container_users', 0),
    ne('g/group.container', NULL),
    eq('g/group.container.iommu_driver', 1),
    notOf({
      exists: 'parent',
      as: 'sibling',
      matchOn: 'group',
      of: 'g',
      where: eq('sibling.driver', DRIVER.kernel),
    }),
  ),
});

/** ops->open of vfio-pci as steps `OPEN.6a` and on; an error jumps to `onError` with no lock held. */
export function pciOpenSteps(row: string, onError: string): readonly StepSpec[] {
  return [
    {
      id: `${row}a`,
      title: 'ops->open: take the lock shared by the devices of this bus',
      cite: OPEN_CITE,
      ops: [mutexLock('pci.reflck.lock')],
    },
    {
      id: `${row}b`,
      title:
        'the first open enables the device, and blocks access unless the group has a container',
      cite: OPEN_CITE,
      ops: [
        driverOp('open', { file: 'file' }),
        branch(eq('pci.refcnt', 0), [
          fallible('vfio_pci_enable', 'EIO', 'the device cannot be enabled', {
            at: 'pci',
            to: onError,
            before: [mutexUnlock('pci.reflck.lock')],
          }),
          branch(
            eq('group.container', NULL),
            [store('pci.block_access', 1)],
            [store('pci.block_access', 0)],
          ),
        ]),
      ],
    },
    {
      id: `${row}c`,
      title: 'increment refcnt',
      cite: OPEN_CITE,
      ops: [increment('pci.refcnt'), mutexUnlock('pci.reflck.lock')],
    },
  ];
}

/** ops->release of vfio-pci as steps `REL.1a` and on; the last user unbinds. Continues at `next`. */
export function pciReleaseSteps(row: string, next: string): readonly StepSpec[] {
  const step = (letter: string, title: string, ops: StepSpec['ops']): StepSpec => ({
    id: `${row}${letter}`,
    title,
    cite: RELEASE_CITE,
    ops,
  });
  return [
    step('a', 'ops->release: take the lock shared by the devices of this bus', [
      mutexLock('pci.reflck.lock'),
    ]),
    step('b', 'the last user disables the device', [
      driverOp('release'),
      decrement('pci.refcnt'),
      branch(ne('pci.refcnt', 0), [goto(`${row}h`)]),
    ]),
    step('c', 'lock the bind record', [mutexLock('pci.videv_lock')]),
    step('d', 'branch on bound and attached', [
      branch(eq('pci.videv', NULL), [goto(`${row}g`)]),
      branch(eq('videv.ioasid', NULL), [goto(`${row}e`)]),
    ]),
    ...detachSteps(`${row}:`, `${row}e`),
    step('e', 'clear the bind record', [store('pci.videv', NULL)]),
    ...unbindSteps(`${row}:`, 'videv.idev', `${row}f`),
    step('f', 'free the bind record', [store('videv.idev', NULL), free('videv')]),
    step('g', 'unlock the bind record', [mutexUnlock('pci.videv_lock')]),
    step('h', 'unlock the shared lock', [mutexUnlock('pci.reflck.lock'), goto(next)]),
  ];
}

/** IUNBIND: removes the device from its iommufd and releases the DMA of the group. */
export function unbindSteps(prefix: string, idev: StatePath, next: string): readonly StepSpec[] {
  const step = (row: string, title: string, ops: StepSpec['ops']): StepSpec => ({
    id: `${prefix}IUNBIND.${row}`,
    title,
    cite: UNBIND_CITE,
    ops,
  });
  return [
    step('1', 'lock the iommufd of the device', [
      branch(
        eq(idev, NULL),
        [withPointer(idev, 'idev', []), goto(next)],
        [mutexLock(`${idev}.ictx.lock`)],
      ),
    ]),
    step('2', 'remove the device from the xarray', [
      store(`${idev}.in_device_xa`, 0),
      decrement(`${idev}.ictx.device_xa`),
      mutexUnlock(`${idev}.ictx.lock`),
    ]),
    {
      id: `${prefix}IUNBIND.3`,
      title: 'iommu_device_exit_user_dma: the last device restores the default domain',
      cite: `drivers/iommu/iommu.c; ${rfcPatch(6)}`,
      ops: [
        mutexLock('iommu_group.mutex'),
        decrement('iommu_group.owner_cnt'),
        branch(eq('iommu_group.owner_cnt', 0), [
          store('iommu_group.user_dma_owner_id', NULL),
          store('iommu_group.domain', DOMAIN.default),
        ]),
        mutexUnlock('iommu_group.mutex'),
      ],
    },
    step('4', 'free the iommufd_device, put the context', [
      refDec(`${idev}.ictx.refs`, [free(`${idev}.ictx`)]),
      store(`${idev}.ictx`, NULL),
      free(idev),
      comment('kfree(idev)'),
      goto(next),
    ]),
  ];
}
