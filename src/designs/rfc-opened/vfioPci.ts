import type { StepSpec } from '../../kernel/language/design';
import {
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
  NULL,
  refDec,
  comment,
  store,
  branch,
  withPointer,
} from '../../kernel/language/primitives';
import type { StatePath } from '../../kernel/language/primitives';
import { rfcPatch, domainSection } from '../shared/citations';
import { detachSteps } from './ioas';
import { DOMAIN } from './iommufdObjects';

const OPEN_CITE = `drivers/vfio/pci/vfio_pci.c, vfio_pci_open; ${rfcPatch(5)}; ${domainSection('2.4')}`;
const RELEASE_CITE = `drivers/vfio/pci/vfio_pci.c, vfio_pci_release; ${rfcPatch(8)}; ${domainSection('2.7')}`;
const UNBIND_CITE = `drivers/iommu/iommufd/iommufd.c, iommufd_unbind_device; ${rfcPatch(7)}`;

/** ops->open of vfio-pci as rows `OPEN.6a` and on; an error leaves through `onError` with nothing held. */
export function pciOpenSteps(row: string, onError: string): readonly StepSpec[] {
  return [
    {
      id: `${row}a`,
      title: 'ops->open: take the lock that the devices of this bus share',
      cite: OPEN_CITE,
      ops: [mutexLock('pci.reflck.lock')],
    },
    {
      id: `${row}b`,
      title:
        'the first opener enables the device, and blocks access unless the group is in a container',
      cite: OPEN_CITE,
      ops: [
        driverOp('open', { file: 'file' }),
        branch(eq('pci.refcnt', 0), [
          fallible('vfio_pci_enable', 'EIO', 'the device does not come up', {
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
      title: 'count the opener',
      cite: OPEN_CITE,
      ops: [increment('pci.refcnt'), mutexUnlock('pci.reflck.lock')],
    },
  ];
}

/** ops->release of vfio-pci as rows `REL.1a` and on; the last user unbinds. Goes on at `next`. */
export function pciReleaseSteps(row: string, next: string): readonly StepSpec[] {
  const step = (letter: string, title: string, ops: StepSpec['ops']): StepSpec => ({
    id: `${row}${letter}`,
    title,
    cite: RELEASE_CITE,
    ops,
  });
  return [
    step('a', 'ops->release: take the lock that the devices of this bus share', [
      mutexLock('pci.reflck.lock'),
    ]),
    step('b', 'the last user shuts the device down', [
      driverOp('release'),
      decrement('pci.refcnt'),
      branch(ne('pci.refcnt', 0), [goto(`${row}h`)]),
    ]),
    step('c', 'lock the bind', [mutexLock('pci.videv_lock')]),
    step('d', 'is the device bound, and attached?', [
      branch(eq('pci.videv', NULL), [goto(`${row}g`)]),
      branch(eq('videv.ioasid', NULL), [goto(`${row}e`)]),
    ]),
    ...detachSteps(`${row}:`, `${row}e`),
    step('e', 'forget the bind', [store('pci.videv', NULL)]),
    ...unbindSteps(`${row}:`, 'videv.idev', `${row}f`),
    step('f', 'free the record of the bind', [store('videv.idev', NULL), free('videv')]),
    step('g', 'unlock the bind', [mutexUnlock('pci.videv_lock')]),
    step('h', 'unlock the bus', [mutexUnlock('pci.reflck.lock'), goto(next)]),
  ];
}

/** IUNBIND: takes the device out of its iommufd and gives the DMA of the group back. */
export function unbindSteps(prefix: string, idev: StatePath, next: string): readonly StepSpec[] {
  const step = (row: string, title: string, ops: StepSpec['ops']): StepSpec => ({
    id: `${prefix}IUNBIND.${row}`,
    title,
    cite: UNBIND_CITE,
    ops,
  });
  return [
    step('1', 'lock the iommufd behind the device', [
      branch(
        eq(idev, NULL),
        [withPointer(idev, 'idev', []), goto(next)],
        [mutexLock(`${idev}.ictx.lock`)],
      ),
    ]),
    step('2', 'take the device out of the xarray', [
      store(`${idev}.in_device_xa`, 0),
      decrement(`${idev}.ictx.device_xa`),
      mutexUnlock(`${idev}.ictx.lock`),
    ]),
    {
      id: `${prefix}IUNBIND.3`,
      title: 'iommu_device_exit_user_dma: the last device gives the default domain back',
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
