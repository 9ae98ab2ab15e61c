import type { Routine, StepSpec } from '../../kernel/language/design';
import {
  branch,
  comment,
  driverOp,
  eq,
  fail,
  fallible,
  downWrite,
  mutexLock,
  mutexTrylock,
  mutexUnlock,
  ne,
  ret,
  store,
  upWrite,
  warnOn,
  withPointer,
} from '../../kernel/language/primitives';
import { DOMAIN } from './iommuGroup';

/** v7.0: the IOMMU group is blocked during the reset of a device with ATS (Address Translation Services). */
const BLOCK_CITE = 'drivers/iommu/iommu.c, pci_dev_reset_iommu_prepare, v7.0 to v7.0.9';
const UNBLOCK_CITE = 'drivers/iommu/iommu.c, pci_dev_reset_iommu_done, v7.0 to v7.0.9';

const blockGroup: StepSpec = {
  id: 'RESET.3',
  title: 'block the IOMMU group: the device gets the blocking domain until the reset is done',
  cite: BLOCK_CITE,
  ops: [
    mutexLock('iommu_group.mutex'),
    warnOn(ne('iommu_group.resetting_domain', 0), 'another device of the group is being reset'),
    branch(ne('iommu_group.resetting_domain', 0), [
      mutexUnlock('iommu_group.mutex'),
      fail('EBUSY', 'another device of the group is being reset', {
        at: 'iommu_group',
        to: 'RESET.6',
      }),
    ]),
    store('iommu_group.resetting_domain', 1),
    mutexUnlock('iommu_group.mutex'),
  ],
};

const unblockGroup: StepSpec = {
  id: 'RESET.5',
  title: 'give the device the domain of its group again',
  cite: UNBLOCK_CITE,
  ops: [
    mutexLock('iommu_group.mutex'),
    branch(eq('iommu_group.domain', DOMAIN.attached), [
      branch(ne('iommu_group.domain_of', 0), [
        withPointer('iommu_group.domain_of', 'domain', [
          branch(ne('domain.users', 0), [comment('__iommu_attach_device(group->domain, dev)')]),
        ]),
      ]),
    ]),
    store('iommu_group.resetting_domain', 0),
    mutexUnlock('iommu_group.mutex'),
  ],
};

/** VFIO_DEVICE_RESET of vfio-pci. `entry`: the steps before the handler of the driver. */
export function deviceReset(p: {
  readonly entry: readonly StepSpec[];
  readonly cite: string;
  readonly pciCite: string;
  readonly blocksGroup?: boolean;
  /** The design has memory_lock, which keeps accesses out during the reset. */
  readonly memoryLock?: boolean;
}): Routine {
  const pci = (id: string, title: string, ops: StepSpec['ops']): StepSpec => ({
    id,
    title,
    cite: p.pciCite,
    ops,
  });
  return {
    name: 'vfio_pci_ioctl_reset',
    cite: p.cite,
    steps: [
      ...p.entry,
      {
        id: 'RESET.1',
        title: 'check that the device can be reset',
        ops: [
          driverOp('ioctl', { file: 'file' }),
          fallible('reset_works', 'EINVAL', 'the device has no reset', { at: 'device' }),
        ],
      },
      ...(p.memoryLock
        ? [
            {
              id: 'RESET.1b',
              title:
                'lock memory_lock for writing, against accesses; remove the mappings of the device',
              ops: [downWrite('device.memory_lock')],
            },
          ]
        : []),
      pci('RESET.2', 'try to lock the bus device: a probe or a removal may hold it for long', [
        mutexTrylock('parent.mutex', [
          fail('EAGAIN', 'the bus device is locked', {
            at: 'parent',
            ...(p.memoryLock ? { to: 'RESET.7' } : {}),
          }),
        ]),
      ]),
      ...(p.blocksGroup ? [blockGroup] : []),
      pci('RESET.4', 'reset the device', [comment('__pci_reset_function_locked(pdev)')]),
      ...(p.blocksGroup ? [unblockGroup] : []),
      pci('RESET.6', 'unlock the bus device', [
        mutexUnlock('parent.mutex'),
        ...(p.memoryLock ? [] : [ret()]),
      ]),
      ...(p.memoryLock
        ? [
            {
              id: 'RESET.7',
              title: 'unlock memory_lock',
              ops: [upWrite('device.memory_lock'), ret()],
            },
          ]
        : []),
    ],
  };
}
