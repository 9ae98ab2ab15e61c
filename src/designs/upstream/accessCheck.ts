import type { CallBody, Routine, StepSpec } from '../../kernel/language/design';
import {
  comment,
  downRead,
  eqAcquire,
  driverOp,
  eq,
  fail,
  fallible,
  staticBranch,
  ret,
  branch,
  upRead,
} from '../../kernel/language/primitives';
import type { FileKind } from '../../kernel/language/world';
import { deviceReset } from '../shared/deviceReset';
import { mmapBody } from '../shared/mmap';
import { linuxCitation } from './citation';
import type { Linux } from './linux';

const ACCESS_CITE = linuxCitation(
  'drivers/vfio/vfio_main.c',
  'vfio_device_fops_unl_ioctl, read, write and mmap',
);

const resumeDevice = fallible('pm_runtime_resume_and_get', 'EIO', 'the device cannot be resumed', {
  at: 'device',
});

/** GATE.1 and GATE.2: the start of every ioctl except BIND, for the device file at path `df`. */
const accessCheckFor = (df: string, onError?: string): readonly StepSpec[] => [
  {
    id: 'GATE.1',
    title: 'check that access is granted to this file',
    cite: ACCESS_CITE,
    ops: [
      branch(eqAcquire(`${df}.access_granted`, 0), [
        fail('EINVAL', 'this fd is not bound', { at: df, ...(onError && { to: onError }) }),
      ]),
    ],
  },
  {
    id: 'GATE.2',
    title: 'an ioctl resumes the device (runtime PM)',
    cite: linuxCitation('drivers/vfio/vfio_main.c', 'vfio_device_pm_runtime_get'),
    ops: [resumeDevice],
  },
];

/** The access check of the call's own file. */
export const accessCheck = accessCheckFor('df');

/** GATE: read, write, mmap or an ioctl of a device fd. */
const deviceCallRoutine: Routine = {
  name: 'vfio_device_fops_unl_ioctl',
  cite: ACCESS_CITE,
  steps: [
    ...accessCheck.slice(0, 1),
    {
      id: 'GATE.2',
      title: 'resume the device (runtime PM): the core for an ioctl, vfio-pci for read and write',
      cite: linuxCitation(
        'drivers/vfio/vfio_main.c and drivers/vfio/pci/vfio_pci_core.c',
        'vfio_device_pm_runtime_get and vfio_pci_rw',
      ),
      ops: [comment('mmap resumes nothing'), resumeDevice],
    },
    {
      id: 'GATE.3',
      title: 'run the op of the driver; a read or write of a BAR excludes a reset',
      cite: linuxCitation('drivers/vfio/pci/vfio_pci_rdwr.c', 'vfio_pci_bar_rw'),
      ops: [
        // Without a reset nothing else takes the lock, so it needs no field.
        staticBranch('scenario-resets', [
          comment('mmap and most ioctls do not take memory_lock; the model takes it for every op'),
          downRead('device.memory_lock'),
        ]),
        driverOp('read, write, mmap or ioctl', { file: 'file' }),
        staticBranch('scenario-resets', [upRead('device.memory_lock')]),
        ret(),
      ],
    },
  ],
};

/** An ioctl of another kind of file, on a device fd: the access check, then -ENOTTY from the driver. */
const unknownDeviceCommand: Routine = {
  name: 'vfio_device_fops_unl_ioctl',
  cite: ACCESS_CITE,
  // `fd/df`, since the roles of GET_DEVICE_FD start at the file that it would create.
  steps: [
    ...accessCheckFor('fd/df'),
    {
      id: 'GATE.3',
      title: 'the driver does not support the command',
      confidence: 'MEM',
      ops: [fail('ENOTTY', 'the driver does not support the command', { at: 'device' })],
    },
  ],
};

/** An ioctl that a group file or an iommufd does not support. */
const unknownCommand: Routine = {
  name: 'ioctl',
  cite: linuxCitation(
    'drivers/vfio/group.c and drivers/iommu/iommufd/main.c',
    'the ioctl handlers',
  ),
  steps: [
    {
      id: 'IOCTL.1',
      title: 'the file does not support the command',
      ops: [fail('ENOTTY', 'the file does not support the command', { at: 'file' })],
    },
  ],
};

/** An ioctl that the container passes on to its iommu driver, if it has one. */
const unknownContainerCommand: Routine = {
  name: 'vfio_fops_unl_ioctl',
  cite: linuxCitation('drivers/vfio/container.c', 'vfio_fops_unl_ioctl'),
  steps: [
    {
      id: 'IOCTL.1',
      title: 'pass the command to the iommu driver of the container',
      ops: [
        // `fd/container`, since the roles of GET_DEVICE_FD start at the file that it would create.
        branch(eq('fd/container.iommu_driver', 0), [
          fail('EINVAL', 'SET_IOMMU has not been called', { at: 'fd/container' }),
        ]),
        fail('ENOTTY', 'the iommu driver does not support the command', { at: 'fd/container' }),
      ],
    },
  ],
};

/** An ioctl that these kinds of file support; other files return what their handler returns for an unknown command. */
export function ioctlBody(byKind: Partial<Readonly<Record<FileKind, Routine>>>): CallBody {
  return {
    byKind: {
      cdev: unknownDeviceCommand,
      device: unknownDeviceCommand,
      container: unknownContainerCommand,
      ...byKind,
    },
    other: unknownCommand,
  };
}

/** reset: VFIO_DEVICE_RESET. */
export function reset({ resetBlocksGroup }: Linux): CallBody {
  const routine = deviceReset({
    entry: accessCheck,
    cite: linuxCitation('drivers/vfio/pci/vfio_pci_core.c', 'vfio_pci_ioctl_reset'),
    pciCite: linuxCitation('drivers/pci/pci.c', 'pci_try_reset_function'),
    blocksGroup: resetBlocksGroup,
    memoryLock: true,
  });
  return ioctlBody({ cdev: routine, device: routine });
}

/** device_io: read, write, mmap or ioctl on a device fd. */
export const deviceIo: CallBody = ioctlBody({ cdev: deviceCallRoutine, device: deviceCallRoutine });

/** mmap(2) of a device fd: the access check, then the mmap op of the driver. */
export const mapDevice: CallBody = mmapBody(
  linuxCitation('drivers/vfio/vfio_main.c', 'vfio_device_fops_mmap'),
  (onError) => accessCheckFor('df', onError).filter(({ id }) => id === 'GATE.1'),
);
